"""What is said of flags, and of figures that could not be computed."""

from rbm.services.notices.wording.text import EN, ES, FR, Text, Texts
from rbm.terms.notices import NoticeKind as Kind

FIGURES: Texts = {
    Kind.FLAG_RAISED: {
        EN: Text("An intervention was flagged", "{office}, {rule}: {explanation} An improvement plan is asked for."),
        FR: Text(
            "Une intervention est signalée", "{office}, {rule} : {explanation} Un plan d'amélioration est demandé."
        ),
        ES: Text("Se señaló una intervención", "{office}, {rule}: {explanation} Se pide un plan de mejora."),
    },
    Kind.FLAG_ESCALATED: {
        EN: Text("A flag was escalated", "{office}, {rule}: {explanation} No plan came in time; it is now yours."),
        FR: Text(
            "Un signalement est transmis", "{office}, {rule} : {explanation} Sans plan à temps, il vous est transmis."
        ),
        ES: Text("Se elevó una señal", "{office}, {rule}: {explanation} No hubo plan a tiempo; ahora le corresponde."),
    },
    Kind.FLAG_CLEARED: {
        EN: Text("A flag was cleared", "{office}, {rule}: the cause is gone and the flag is cleared."),
        FR: Text("Un signalement est levé", "{office}, {rule} : la cause a disparu, le signalement est levé."),
        ES: Text("Se retiró una señal", "{office}, {rule}: la causa desapareció y la señal se retiró."),
    },
    Kind.FIGURES_FAILED: {
        EN: Text("Figures could not be computed", "The figures of {code} {indicator} could not be computed: {fault}"),
        FR: Text("Calcul impossible", "Les chiffres de {code} {indicator} n'ont pas pu être calculés : {fault}"),
        ES: Text("Cálculo imposible", "No se pudieron calcular las cifras de {code} {indicator}: {fault}"),
    },
    Kind.FIGURES_RECOVERED: {
        EN: Text("Figures are current again", "The figures of {code} {indicator}, which had failed, are current."),
        FR: Text("Chiffres de nouveau à jour", "Les chiffres de {code} {indicator}, en échec, sont de nouveau à jour."),
        ES: Text("Cifras de nuevo al día", "Las cifras de {code} {indicator}, que habían fallado, están al día."),
    },
    Kind.FIGURES_GIVEN_UP: {
        EN: Text(
            "Figures were given up", "The figures of {code} {indicator} are old: {attempts} attempts failed. {fault}"
        ),
        FR: Text(
            "Calcul abandonné", "Les chiffres de {code} {indicator} restent anciens après {attempts} essais : {fault}"
        ),
        ES: Text(
            "Cálculo abandonado", "Las cifras de {code} {indicator} quedan antiguas tras {attempts} intentos: {fault}"
        ),
    },
    Kind.FIGURES_DIFFER: {
        EN: Text(
            "Stored figures are wrong",
            "{count} stored figures are not what they should be. First: {indicator}, {period}, {slice}: "
            "stored {stored}, computed {computed}.",
        ),
        FR: Text(
            "Des chiffres enregistrés sont faux",
            "{count} chiffres enregistrés ne sont pas exacts. Premier : {indicator}, {period}, {slice} : enregistré "
            "{stored}, calculé {computed}.",
        ),
        ES: Text(
            "Hay cifras guardadas erróneas",
            "{count} cifras guardadas no son correctas. Primera: {indicator}, {period}, {slice}: guardado {stored}, "
            "calculado {computed}.",
        ),
    },
}
