"""What is said of responses, actions and verifications that are owed."""

from rbm.services.notices.wording.text import EN, ES, FR, Text, Texts
from rbm.terms.notices import NoticeKind as Kind

FOLLOW_UP: Texts = {
    Kind.RESPONSE_ASKED: {
        EN: Text(
            "A management response is asked for", "{evaluation} was sent to {office}, whose response is due on {due}."
        ),
        FR: Text(
            "Une réponse de la direction est demandée",
            "{evaluation} a été transmis à {office}, dont la réponse est attendue le {due}.",
        ),
        ES: Text(
            "Se pide una respuesta de la dirección",
            "{evaluation} se transmitió a {office}, cuya respuesta debe presentarse el {due}.",
        ),
    },
    Kind.RESPONSE_RETURNED: {
        EN: Text(
            "A management response was returned", "The response of {office} to {evaluation} is incomplete: {reason}"
        ),
        FR: Text(
            "Une réponse de la direction a été renvoyée",
            "La réponse de {office} à {evaluation} est incomplète : {reason}",
        ),
        ES: Text(
            "Se devolvió una respuesta de la dirección",
            "La respuesta de {office} a {evaluation} está incompleta: {reason}",
        ),
    },
    Kind.RESPONSE_DUE: {
        EN: Text("A management response is due", "{office} owes its response to {evaluation} by {due}."),
        FR: Text("Une réponse de la direction est attendue", "{office} doit répondre à {evaluation} d'ici au {due}."),
        ES: Text(
            "Hay una respuesta de la dirección por presentar", "{office} debe responder a {evaluation} hasta el {due}."
        ),
    },
    Kind.RESPONSE_OVERDUE: {
        EN: Text(
            "A management response is overdue",
            "The response of {office} to {evaluation} was due on {due} and is {days} days overdue.",
        ),
        FR: Text(
            "Une réponse de la direction est en retard",
            "La réponse de {office} à {evaluation}, attendue le {due}, a {days} jours de retard.",
        ),
        ES: Text(
            "Una respuesta de la dirección está atrasada",
            "La respuesta de {office} a {evaluation}, prevista para el {due}, tiene {days} días de atraso.",
        ),
    },
    Kind.RESPONSE_ESCALATED: {
        EN: Text(
            "An overdue management response comes to you",
            "{office} has not answered {evaluation}, due on {due}, for {days} days; this is now brought to you.",
        ),
        FR: Text(
            "Une réponse de la direction en retard vous est transmise",
            "{office} n'a pas répondu à {evaluation}, prévu le {due}, depuis {days} jours ; cela vous est transmis.",
        ),
        ES: Text(
            "Se le eleva una respuesta de la dirección atrasada",
            "{office} no ha respondido a {evaluation}, previsto para el {due}, desde hace {days} días; "
            "ahora se le eleva.",
        ),
    },
    Kind.ACTION_DUE: {
        EN: Text("An action is due", "Action {action} of {office} is due on {due}: {text}"),
        FR: Text("Une action arrive à échéance", "L'action {action} de {office} est prévue pour le {due} : {text}"),
        ES: Text("Una acción llega a su plazo", "La acción {action} de {office} está prevista para el {due}: {text}"),
    },
    Kind.ACTION_OVERDUE: {
        EN: Text(
            "An action is overdue",
            "Action {action} of {office} was due on {due} and is {days} days overdue: {text}",
        ),
        FR: Text(
            "Une action est en retard",
            "L'action {action} de {office}, prévue pour le {due}, a {days} jours de retard : {text}",
        ),
        ES: Text(
            "Una acción está atrasada",
            "La acción {action} de {office}, prevista para el {due}, tiene {days} días de atraso: {text}",
        ),
    },
    Kind.ACTION_ESCALATED: {
        EN: Text(
            "An overdue action comes to you",
            "Action {action} of {office}, due on {due}, is {days} days overdue and is now brought to you: {text}",
        ),
        FR: Text(
            "Une action en retard vous est transmise",
            "L'action {action} de {office}, prévue pour le {due}, a {days} jours de retard ; "
            "elle vous est transmise : {text}",
        ),
        ES: Text(
            "Se le eleva una acción atrasada",
            "La acción {action} de {office}, prevista para el {due}, tiene {days} días de atraso; "
            "ahora se le eleva: {text}",
        ),
    },
    Kind.ACTION_STALE: {
        EN: Text("An action has no news", "Nothing was reported on action {action} of {office} since {since}: {text}"),
        FR: Text(
            "Une action est sans nouvelles",
            "Rien n'a été signalé sur l'action {action} de {office} depuis le {since} : {text}",
        ),
        ES: Text(
            "Una acción no tiene novedades",
            "No se informó nada sobre la acción {action} de {office} desde el {since}: {text}",
        ),
    },
    Kind.VERIFICATION_DUE: {
        EN: Text(
            "A verification is due", "The claim of action {action} of {office} is to be verified by {due}: {text}"
        ),
        FR: Text(
            "Une vérification est attendue",
            "L'action {action} de {office}, déclarée achevée, est à vérifier d'ici au {due} : {text}",
        ),
        ES: Text(
            "Hay una verificación por hacer",
            "La acción {action} de {office}, declarada concluida, debe verificarse hasta el {due}: {text}",
        ),
    },
    Kind.VERIFICATION_OVERDUE: {
        EN: Text(
            "A verification is overdue",
            "The claim of action {action} of {office} was to be verified by {due}, {days} days ago: {text}",
        ),
        FR: Text(
            "Une vérification est en retard",
            "L'action {action} de {office}, déclarée achevée, était à vérifier pour le {due}, "
            "il y a {days} jours : {text}",
        ),
        ES: Text(
            "Una verificación está atrasada",
            "La acción {action} de {office}, declarada concluida, debía verificarse hasta el {due}, "
            "hace {days} días: {text}",
        ),
    },
    Kind.LONG_OUTSTANDING: {
        EN: Text(
            "What is long outstanding",
            "{count} actions of {offices} offices are long outstanding; the oldest was due on {due}: {action}",
        ),
        FR: Text(
            "Ce qui est en souffrance de longue date",
            "{count} actions de {offices} bureaux sont en souffrance de longue date ; la plus ancienne était prévue "
            "pour le {due} : {action}",
        ),
        ES: Text(
            "Lo que está pendiente desde hace mucho",
            "{count} acciones de {offices} oficinas están pendientes desde hace mucho; la más antigua estaba prevista "
            "para el {due}: {action}",
        ),
    },
    Kind.SUMMED_UP: {
        EN: Text("Much waits for you", "{count} things wait for you ({kinds}). First of all: {first}"),
        FR: Text("Beaucoup vous attend", "{count} points vous attendent ({kinds}). Tout d'abord : {first}"),
        ES: Text("Mucho le espera", "{count} asuntos le esperan ({kinds}). Ante todo: {first}"),
    },
}
