"""What notices say: a subject and a line for each kind and language, and the frame of the e-mail they stand in.

The facts a line takes stand in braces; a fact nobody gave is shown as a question mark, and nothing in a fact can
start a new line or a header.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from rbm.terms.notices import NoticeKind as Kind
from rbm.terms.people import Language

EN, FR, ES = Language.ENGLISH, Language.FRENCH, Language.SPANISH
UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")
UNKNOWN = "?"


@dataclass(frozen=True)
class Text:
    """The subject of an e-mail that tells this alone, and the line in one that tells more."""

    subject: str
    line: str


@dataclass(frozen=True)
class Frame:
    """What stands around the lines of an e-mail, and its subject when there are several."""

    several: str
    greeting: str
    closing: str


FRAMES: Mapping[Language, Frame] = {
    EN: Frame(
        "{count} notices",
        "Hello {name},",
        "You find all of this in your notifications. Please do not answer this e-mail.",
    ),
    FR: Frame(
        "{count} notifications",
        "Bonjour {name},",
        "Vous retrouverez tout cela dans vos notifications. Merci de ne pas répondre à ce message.",
    ),
    ES: Frame(
        "{count} avisos",
        "Hola, {name}:",
        "Encontrará todo esto en sus notificaciones. Por favor, no responda a este correo.",
    ),
}

TEXTS: Mapping[Kind, Mapping[Language, Text]] = {
    Kind.REPORT_SUBMITTED: {
        EN: Text("A report waits for approval", "{by} submitted report {report} for {period}; it waits for approval."),
        FR: Text("Un rapport attend l'approbation", "{by} a soumis le rapport {report} ({period}), à approuver."),
        ES: Text(
            "Un informe espera aprobación", "{by} presentó el informe {report} ({period}), pendiente de aprobación."
        ),
    },
    Kind.REPORT_RETURNED: {
        EN: Text("A report was returned", "{by} returned report {report} for {period}: {reason}"),
        FR: Text("Un rapport a été renvoyé", "{by} a renvoyé le rapport {report} ({period}) : {reason}"),
        ES: Text("Se devolvió un informe", "{by} devolvió el informe {report} ({period}): {reason}"),
    },
    Kind.REPORT_APPROVED: {
        EN: Text("A report was approved", "{by} approved report {report} for {period}."),
        FR: Text("Un rapport a été approuvé", "{by} a approuvé le rapport {report} ({period})."),
        ES: Text("Se aprobó un informe", "{by} aprobó el informe {report} ({period})."),
    },
    Kind.REPORT_DUE: {
        EN: Text("A report is due", "The report of {framework} for {period} is due on {due}."),
        FR: Text("Un rapport est attendu", "Le rapport de {framework} ({period}) est attendu pour le {due}."),
        ES: Text("Hay un informe por presentar", "El informe de {framework} ({period}) debe presentarse el {due}."),
    },
    Kind.REPORT_OVERDUE: {
        EN: Text("A report is overdue", "The report of {framework} for {period} was due on {due} and is overdue."),
        FR: Text("Un rapport est en retard", "Le rapport de {framework} ({period}), attendu le {due}, est en retard."),
        ES: Text(
            "Un informe está atrasado", "El informe de {framework} ({period}), previsto para el {due}, está atrasado."
        ),
    },
    Kind.VALUE_VERIFIED: {
        EN: Text("A value was verified", "{by} verified the value of {indicator} for {period}."),
        FR: Text("Une valeur a été vérifiée", "{by} a vérifié la valeur de {indicator} ({period})."),
        ES: Text("Se verificó un valor", "{by} verificó el valor de {indicator} ({period})."),
    },
    Kind.VALUE_REJECTED: {
        EN: Text("A value was rejected", "{by} rejected the value of {indicator} for {period}: {reason}"),
        FR: Text("Une valeur a été rejetée", "{by} a rejeté la valeur de {indicator} ({period}) : {reason}"),
        ES: Text("Se rechazó un valor", "{by} rechazó el valor de {indicator} ({period}): {reason}"),
    },
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


def line(kind: Kind, language: Language, facts: Mapping[str, str]) -> str:
    """What is told, in one line."""
    return TEXTS[kind][language].line.format_map(_told(facts))


def subject(kinds: list[Kind], language: Language) -> str:
    """The subject of an e-mail that tells notices of these kinds."""
    if len(kinds) == 1:
        return TEXTS[kinds[0]][language].subject
    return FRAMES[language].several.format(count=len(kinds))


def body(name: str, language: Language, lines: list[str]) -> str:
    """The text of an e-mail: a greeting, the lines, a closing."""
    frame = FRAMES[language]
    listed = "\n".join(f"- {each}" for each in lines)
    return f"{frame.greeting.format(name=flat(name))}\n\n{listed}\n\n{frame.closing}\n"


def flat(text: str) -> str:
    """A fact on one line: line breaks, control and direction characters become a space."""
    return UNPRINTABLE.sub(" ", text).strip()


def _told(facts: Mapping[str, str]) -> Mapping[str, str]:
    return defaultdict(lambda: UNKNOWN, {name: flat(str(fact)) for name, fact in facts.items()})
