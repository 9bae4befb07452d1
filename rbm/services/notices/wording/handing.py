"""What is said of responses, claims, requests and drafts that were handed on to somebody."""

from rbm.services.notices.wording.text import EN, ES, FR, Text, Texts
from rbm.terms.notices import NoticeKind as Kind

HANDING: Texts = {
    Kind.RESPONSE_SUBMITTED: {
        EN: Text(
            "A management response waits to be endorsed",
            "{office} submitted its response to {evaluation}, due on {due}.",
        ),
        FR: Text(
            "Une réponse de la direction attend d'être approuvée",
            "{office} a soumis sa réponse à {evaluation}, attendue le {due}.",
        ),
        ES: Text(
            "Una respuesta de la dirección espera ser avalada",
            "{office} presentó su respuesta a {evaluation}, prevista para el {due}.",
        ),
    },
    Kind.CLAIM_REFUSED: {
        EN: Text("A claim was refused", "Action {action} of {office} is open again, due on {due}: {reason}"),
        FR: Text(
            "Une déclaration d'achèvement a été refusée",
            "L'action {action} de {office} est de nouveau ouverte, prévue pour le {due} : {reason}",
        ),
        ES: Text(
            "Se rechazó una declaración de conclusión",
            "La acción {action} de {office} está abierta de nuevo, prevista para el {due}: {reason}",
        ),
    },
    Kind.REQUEST_ASKED: {
        EN: Text(
            "A request waits for a decision",
            "{office} asks for a later day or a release of action {action}, due on {due}: {reason}",
        ),
        FR: Text(
            "Une demande attend une décision",
            "{office} demande un report ou une dispense pour l'action {action}, prévue pour le {due} : {reason}",
        ),
        ES: Text(
            "Una solicitud espera una decisión",
            "{office} pide una prórroga o una dispensa para la acción {action}, prevista para el {due}: {reason}",
        ),
    },
    Kind.REQUEST_GRANTED: {
        EN: Text("A request was granted", "What was asked for of action {action} of {office} was granted: {reason}"),
        FR: Text(
            "Une demande a été accordée",
            "Ce qui était demandé pour l'action {action} de {office} a été accordé : {reason}",
        ),
        ES: Text(
            "Se concedió una solicitud", "Se concedió lo que se pidió para la acción {action} de {office}: {reason}"
        ),
    },
    Kind.REQUEST_DECLINED: {
        EN: Text(
            "A request was declined",
            "What was asked for of action {action} of {office} was declined; it is due on {due}: {reason}",
        ),
        FR: Text(
            "Une demande a été refusée",
            "Ce qui était demandé pour l'action {action} de {office}, prévue pour le {due}, a été refusé : {reason}",
        ),
        ES: Text(
            "Se denegó una solicitud",
            "Se denegó lo que se pidió para la acción {action} de {office}, prevista para el {due}: {reason}",
        ),
    },
    Kind.COMMENTS_ASKED: {
        EN: Text("A draft is open to comments", "The draft of {evaluation} is open to your comments until {due}."),
        FR: Text(
            "Un projet de rapport est ouvert aux commentaires",
            "Le projet de rapport de {evaluation} est ouvert à vos commentaires jusqu'au {due}.",
        ),
        ES: Text(
            "Un borrador está abierto a comentarios",
            "El borrador de {evaluation} está abierto a sus comentarios hasta el {due}.",
        ),
    },
}
