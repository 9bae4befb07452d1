"""What is said of reports and of the values in them."""

from rbm.services.notices.wording.text import EN, ES, FR, Text, Texts
from rbm.terms.notices import NoticeKind as Kind

REPORTING: Texts = {
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
}
