"""The words of what is told of plans of evaluations."""

from rbm.services.notices.wording.text import EN, ES, FR, Text, Texts
from rbm.terms.notices import NoticeKind as Kind

PLANS: Texts = {
    Kind.PLAN_APPROVED: {
        EN: Text("A plan of evaluations was approved", "{plan} was approved on {day}. This is for your information."),
        FR: Text("Un plan d'évaluations est approuvé", "{plan} a été approuvé le {day}. Ceci est pour information."),
        ES: Text("Se aprobó un plan de evaluaciones", "{plan} se aprobó el {day}. Esto es para su información."),
    },
    Kind.PLAN_ENDORSED: {
        EN: Text("A plan of evaluations awaits your decision", "{plan} was endorsed on {day} and is yours to adopt."),
        FR: Text(
            "Un plan d'évaluations attend votre décision",
            "{plan} a été entériné le {day} ; il vous revient de l'adopter.",
        ),
        ES: Text(
            "Un plan de evaluaciones espera su decisión",
            "{plan} recibió respaldo el {day} y les corresponde adoptarlo.",
        ),
    },
}
