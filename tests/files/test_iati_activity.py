"""The activity itself: identity, texts, people, places, themes and what remains."""

import datetime as dt
from decimal import Decimal

import pytest

from rbm.files.iati import ActivityRecord, DateRecord, Finding, RelationRecord
from tests.files.iati_builder import NAMED, activity, document, only, records, told


def test_an_activity_keeps_its_attributes() -> None:
    record = only(
        "<activity-status code='2'/>",
        attributes="xml:lang='FR' default-currency='CHF' hierarchy='3' humanitarian='1' "
        "last-updated-datetime='2025-08-19T12:58:55Z' linked-data-uri='https://x.example/1' budget-not-provided='1'",
    )
    assert (record.identifier, record.iati_version, record.language, record.currency) == ("XX-1", "2.03", "fr", "CHF")
    assert (record.hierarchy, record.humanitarian, record.status) == (3, True, "2")
    assert record.last_updated == "2025-08-19T12:58:55Z"
    assert record.attributes == {"linked-data-uri": "https://x.example/1", "budget-not-provided": "1"}
    assert (record.reporting.ref, record.reporting.type, record.titles, record.line) == ("XX", "40", {"fr": "T"}, 2)
    assert record.findings == ()


def test_an_identifier_with_outer_spaces_is_repaired() -> None:
    [record] = records(document(activity(named=NAMED.replace("XX-1", " XX-1\n"))))
    assert isinstance(record, ActivityRecord)
    assert record.identifier == "XX-1"
    assert told(record) == [("repaired", "iati-identifier[1]", '" XX-1 " read as XX-1')]


@pytest.mark.parametrize("identifier", ["", "<iati-identifier/>", "<iati-identifier>  </iati-identifier>"])
def test_an_activity_without_identifier_is_refused_and_the_next_one_read(identifier: str) -> None:
    nameless = activity(named=f"{identifier}<title><narrative>Lost</narrative></title>")
    refused, kept = records(document(nameless, activity()))
    assert refused == Finding(
        "refused", None, "iati-identifier", 2, "activity Lost has no iati-identifier and is not read"
    )
    assert isinstance(kept, ActivityRecord)


def test_a_repeated_identifier_is_refused() -> None:
    first, second, third = records(document(activity(), activity(), activity(named=NAMED.replace("XX-1", "XX-2"))))
    assert isinstance(first, ActivityRecord)
    assert isinstance(third, ActivityRecord)
    assert isinstance(second, Finding)
    assert (second.kind, second.activity, second.line) == ("refused", "XX-1", 3)
    assert "XX-1" in second.reason


def test_texts_are_kept_by_language() -> None:
    texts = (
        "<description type='1'><narrative>one</narrative><narrative> two </narrative>"
        "<narrative xml:lang='fr'>un</narrative><narrative/></description>"
        "<description xml:lang='es'><narrative>uno</narrative></description><description/>"
    )
    record = only(texts)
    assert [(found.kind, found.texts) for found in record.descriptions] == [
        ("1", {"en": "one\ntwo", "fr": "un"}),
        (None, {"es": "uno"}),
    ]
    assert told(record) == [("noted", "description[3]", "description without text")]


@pytest.mark.parametrize(
    ("language", "narratives", "title"),
    [
        ("fr", "<narrative xml:lang='en'>E</narrative><narrative> F\n g </narrative>", "F g"),
        ("fr", "<narrative xml:lang='es'>S</narrative><narrative xml:lang='en'>E</narrative>", "E"),
        ("fr", "<narrative xml:lang='es'>S</narrative><narrative xml:lang='ar'>A</narrative>", "S"),
        ("fr", "", ""),
    ],
)
def test_the_title_is_in_the_default_language_else_english_else_the_first(
    language: str, narratives: str, title: str
) -> None:
    named = f"<iati-identifier>XX-1</iati-identifier><reporting-org/><title>{narratives}</title>"
    [record] = records(document(activity(named=named, attributes=f"xml:lang='{language}'")))
    assert isinstance(record, ActivityRecord)
    assert record.title == title
    assert told(record) == ([] if title else [("noted", "title", "no title")])


def test_a_text_without_narrative_is_repaired() -> None:
    record = only("<description> old style </description>")
    assert record.descriptions[0].texts == {"en": "old style"}
    assert told(record)[0][:2] == ("repaired", "description[1]")


def test_organisations_keep_their_roles_and_other_attributes() -> None:
    record = only(
        "<participating-org ref='A' role='2' type='40' activity-id='A-1' crs-channel-code='41000'>"
        "<narrative>Org</narrative></participating-org><participating-org role='8'/>",
    )
    first, second = record.participations
    assert (first.ref, first.role, first.type, first.activity_id) == ("A", "2", "40", "A-1")
    assert (first.names, first.attributes) == ({"en": "Org"}, {"crs-channel-code": "41000"})
    assert second.role is None
    assert told(record) == [("refused", "participating-org[2]/@role", "8 is an unknown role")]


def test_nobody_reporting_is_noted() -> None:
    [record] = records(document(activity(named="<iati-identifier>XX-1</iati-identifier>")))
    assert isinstance(record, ActivityRecord)
    assert record.reporting.ref is None
    assert ("noted", "reporting-org", "no reporting organisation") in told(record)


def test_dates_and_relations() -> None:
    record = only(
        "<activity-date type='1' iso-date='2026-01-01'><narrative>n</narrative></activity-date>",
        "<activity-date type='2' iso-date='2026-02-30'/><activity-date iso-date='2026-02-01'/>",
        "<activity-date type='3'/>",
        "<related-activity ref='P' type='1'/><related-activity type='2'/><related-activity ref='Q' type='6'/>",
    )
    assert record.dates == (DateRecord("1", dt.date(2026, 1, 1), {"en": "n"}),)
    assert record.relations == (RelationRecord("1", "P"),)
    assert [(kind, place) for kind, place, _ in told(record)] == [
        ("refused", "activity-date[2]/@iso-date"),
        ("refused", "activity-date[3]/@type"),
        ("refused", "activity-date[4]/@iso-date"),
        ("refused", "related-activity[2]/@ref"),
        ("refused", "related-activity[3]/@type"),
    ]


def test_places_of_every_role() -> None:
    record = only(
        "<location ref='L1'><location-id vocabulary='G1' code='3587'/><name><narrative>Here</narrative></name>"
        "<point srsName='http://www.opengis.net/def/crs/EPSG/0/4326'><pos>13.99417 -89.55972</pos></point></location>",
        "<recipient-region code='998' vocabulary='1'/><recipient-country code='SV' percentage='100'/>",
    )
    country, region, location = record.places
    assert (country.role, country.code, country.percentage) == ("recipient_country", "SV", Decimal(100))
    assert (region.role, region.code, region.vocabulary) == ("recipient_region", "998", "1")
    assert (location.role, location.ref, location.code, location.vocabulary) == ("location", "L1", "3587", "G1")
    assert (location.names, location.latitude) == ({"en": "Here"}, Decimal("13.99417"))
    assert location.longitude == Decimal("-89.55972")
    assert location.content["children"][0] == {
        "tag": "location-id",
        "attributes": {"vocabulary": "G1", "code": "3587"},
    }
    assert record.findings == ()


@pytest.mark.parametrize(
    ("text", "latitude", "kind"),
    [
        ("9.0029, -79.5172", Decimal("9.0029"), "repaired"),
        ("41.268582845228 19.793936271524", Decimal("41.268583"), "repaired"),
        ("91 10", None, "refused"),
        ("13,99417 -89,55972", None, "refused"),
        ("1 2 3", None, "refused"),
        ("here", None, "refused"),
    ],
)
def test_coordinates_are_repaired_or_refused(text: str, latitude: Decimal | None, kind: str) -> None:
    record = only(f"<location><point><pos>{text}</pos></point></location>")
    assert record.places[0].latitude == latitude
    assert [(told_kind, place) for told_kind, place, _ in told(record)] == [(kind, "location[1]/point[1]/pos[1]")]


def test_themes_are_kept() -> None:
    record = only(
        "<sector code='12110' percentage='60'/><sector code='12220' vocabulary='1' percentage='40'/>",
        "<sector code='X1' vocabulary='99' vocabulary-uri='u'><narrative>Own</narrative></sector>",
        "<tag code='16' vocabulary='2'/><policy-marker code='1' significance='2'/><tag vocabulary='3'/>",
    )
    assert [(found.vocabulary, found.code, found.percentage) for found in record.sectors] == [
        ("1", "12110", Decimal(60)),
        ("1", "12220", Decimal(40)),
        ("99", "X1", None),
    ]
    assert (record.sectors[2].names, record.sectors[2].uri) == ({"en": "Own"}, "u")
    assert [(found.vocabulary, found.code) for found in record.tags] == [("2", "16")]
    assert [(found.vocabulary, found.code, found.significance) for found in record.markers] == [("1", "1", "2")]
    assert [(kind, place) for kind, place, _ in told(record)] == [("refused", "tag[2]/@code")]


@pytest.mark.parametrize(
    ("shares", "total"),
    [(("33.33", "33.33", "33.33"), None), (("60", "30"), "90"), (("60", "60"), "120"), (("150",), "150")],
)
def test_shares_that_do_not_make_a_hundred_are_noted(shares: tuple[str, ...], total: str | None) -> None:
    record = only("".join(f"<sector code='{at}' percentage='{share}'/>" for at, share in enumerate(shares)))
    sums = [reason for _, place, reason in told(record) if place == "sector"]
    assert sums == ([f"percentages of vocabulary 1 make {total}, not 100"] if total else [])


def test_percentages_are_repaired_noted_or_refused() -> None:
    record = only("".join(f"<recipient-country code='SV' percentage='{text}'/>" for text in ("50%", "101", "half")))
    assert [place.percentage for place in record.places] == [Decimal(50), Decimal(101), None]
    assert [kind for kind, _, _ in told(record)] == ["repaired", "noted", "refused"]


def test_every_other_element_is_kept_except_contact_details() -> None:
    record = only(
        "<activity-scope code='4'/><contact-info><email>a@x.example</email></contact-info>",
        "<x:own xmlns:x='http://x.example/' x:k='v'>t<x:contact-info>b@x.example</x:contact-info></x:own>",
        "<x:contact-info xmlns:x='http://x.example/'>c@x.example</x:contact-info>",
    )
    assert record.remainder == (
        '<activity-scope code="4"/>',
        '<x:own xmlns:x="http://x.example/" x:k="v">t</x:own>',
    )
    assert "@x.example" not in repr(record)


def test_documents_of_the_activity() -> None:
    link = (
        "<document-link url='https://x.example/a.pdf' format='application/pdf'><title><narrative>D</narrative></title>"
        "<category code='A07'/><category code='A08'/><language code='en'/><document-date iso-date='2026-01-01'/>"
        "</document-link>"
    )
    record = only(link, "<document-link/>")
    [found] = record.documents
    assert (found.url, found.titles, found.categories) == ("https://x.example/a.pdf", {"en": "D"}, ("A07", "A08"))
    assert (found.languages, found.date) == (("en",), dt.date(2026, 1, 1))
    assert told(record)[0][1] == "document-link[2]/@url"


def test_elements_beside_activities_are_told() -> None:
    stranger, kept = records(document("<glossary/>", activity()))
    assert isinstance(stranger, Finding)
    assert (stranger.kind, stranger.activity, stranger.line) == ("refused", None, 2)
    assert isinstance(kept, ActivityRecord)
