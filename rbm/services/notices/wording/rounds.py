"""What is said of rounds of follow-up, of plans that leave something out, and of reports that become public."""

from rbm.services.notices.wording.text import EN, ES, FR, Text, Texts
from rbm.terms.notices import NoticeKind as Kind

ROUNDS: Texts = {
    Kind.ROUND_OPENED: {
        EN: Text(
            "A follow-up round is open",
            "Round {round} of follow-up on {evaluation} is open: {office} reports on its actions by {due}.",
        ),
        FR: Text(
            "Un cycle de suivi est ouvert",
            "Le cycle {round} du suivi de {evaluation} est ouvert : {office} rend compte de ses actions d'ici au "
            "{due}.",
        ),
        ES: Text(
            "Se abrió una ronda de seguimiento",
            "Está abierta la ronda {round} del seguimiento de {evaluation}: {office} informa de sus acciones hasta el "
            "{due}.",
        ),
    },
    Kind.ROUND_CLOSING: {
        EN: Text(
            "A follow-up round closes soon",
            "Round {round} of follow-up on {evaluation} closes on {due}; {office} has not reported yet.",
        ),
        FR: Text(
            "Un cycle de suivi se termine bientôt",
            "Le cycle {round} du suivi de {evaluation} se termine le {due} ; {office} n'a pas encore rendu compte.",
        ),
        ES: Text(
            "Una ronda de seguimiento está por cerrar",
            "La ronda {round} del seguimiento de {evaluation} cierra el {due}; {office} aún no ha informado.",
        ),
    },
    Kind.ROUND_MISSED: {
        EN: Text(
            "A follow-up round was missed",
            "{office} let round {round} of follow-up on {evaluation} pass, which closed on {due}.",
        ),
        FR: Text(
            "Un cycle de suivi a été manqué",
            "{office} a laissé passer le cycle {round} du suivi de {evaluation}, terminé le {due}.",
        ),
        ES: Text(
            "Se dejó pasar una ronda de seguimiento",
            "{office} dejó pasar la ronda {round} del seguimiento de {evaluation}, que cerró el {due}.",
        ),
    },
    Kind.COVERAGE_MISSING: {
        EN: Text("Something must be evaluated and is not planned", "{rule}: {what} is in no plan of evaluations."),
        FR: Text("Une évaluation requise n'est pas prévue", "{rule} : {what} ne figure dans aucun plan d'évaluation."),
        ES: Text("Falta planificar una evaluación", "{rule}: {what} no figura en ningún plan de evaluaciones."),
    },
    Kind.STRATEGIC_MISSING: {
        EN: Text(
            "A strategic evaluation is missing",
            "{rule}: no corporate, strategic or policy evaluation is foreseen in {what}.",
        ),
        FR: Text(
            "Une évaluation stratégique manque",
            "{rule} : aucune évaluation institutionnelle, stratégique ou de politique n'est prévue dans {what}.",
        ),
        ES: Text(
            "Falta una evaluación estratégica",
            "{rule}: no se prevé ninguna evaluación institucional, estratégica o de políticas en {what}.",
        ),
    },
    Kind.EVALUATION_DISCLOSED: {
        EN: Text("An evaluation is public", "{evaluation} became public on {due}."),
        FR: Text("Une évaluation est publique", "{evaluation} est publique depuis le {due}."),
        ES: Text("Una evaluación es pública", "{evaluation} es pública desde el {due}."),
    },
}
