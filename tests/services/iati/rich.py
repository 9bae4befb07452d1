"""An activity with every element of version 2.03 and extensions at every level."""

CONTACT = ("Somebody", "somebody@example.org", "+254")
FACTS = (
    *("XX-RICH", "Titre français", "English title", "What it is", "But", "Déclarant", "Reporter", "Partenaire"),
    *("XX-SIBLING", "XX-CO", "XX-THIRD", "urn:x", "REF-1", "secondary", "XX-OTHER", "Owner of it"),
    *("Garissa", "1821306", "Region of ours", "289", "60.5", "39.5", "-0.453230", "Where exactly", "exactness"),
    *("Sector name", "72010", "Own sector", "https://x.org/v", "100", "10.7", "Tag name", "Marker name", "1821306"),
    *("collaboration-type", "default-flow-type", "default-finance-type", "default-aid-type", "default-tied-status"),
    *("activity-scope", "humanitarian-scope", "EP-2026-1", "country-budget-items", "planned-disbursement", "9876.54"),
    *("capital-spend", "conditions", "A condition", "legacy-data", "Old value", "crs-add", "loan-terms", "fss"),
    *("123456789012.34", "Provider", "Receiver", "T-REF", "Moved for this", "{urn:x}moved"),
    *("https://x.org/activity", "Titre du document", "A01", "application/pdf", "https://x.org/baseline"),
    *("Result title", "Result text", "R-1", "https://x.org/r", "4.2a Indicator", "Indicateur", "Indicator text"),
    *("SDG 10.7.1", "Baseline remark", "Remarque", "Target remark", "population", "women", "sex", "age", "children"),
    *("mood good", "x:depth", "x:aside", "x:sure", "x:seen", "{urn:x}rank", "x:colour", "blue", "extra of the sector"),
)
RICH = """<?xml version='1.0' encoding='UTF-8'?>
<iati-activities version='2.03' xmlns:x='urn:x'>
<iati-activity xml:lang='fr' default-currency='EUR' hierarchy='2' humanitarian='1' budget-not-provided='2'
    last-updated-datetime='2026-01-02T03:04:05Z' linked-data-uri='https://x.org/REF-1' x:rank='high'>
  <iati-identifier>XX-RICH</iati-identifier>
  <reporting-org ref='XX' type='40' secondary-reporter='0'><narrative>Déclarant</narrative>
    <narrative xml:lang='en'>Reporter</narrative></reporting-org>
  <title><narrative>Titre français</narrative><narrative xml:lang='en'>English title</narrative></title>
  <description type='1'><narrative xml:lang='en'>What it is</narrative></description>
  <description type='2'><narrative>But</narrative></description>
  <participating-org ref='YY' type='10' role='1' activity-id='XX-OTHER' crs-channel-code='41121'>
    <narrative>Partenaire</narrative></participating-org>
  <participating-org><narrative>secondary</narrative></participating-org>
  <other-identifier ref='REF-1' type='A1'><owner-org ref='ZZ'><narrative>Owner of it</narrative></owner-org>
  </other-identifier>
  <activity-status code='2'/>
  <activity-date type='1' iso-date='2026-01-01'><narrative>Planned</narrative></activity-date>
  <activity-date type='3' iso-date='2026-12-31'/>
  <contact-info type='1'><person-name><narrative>Somebody</narrative></person-name>
    <telephone>+254</telephone><email>somebody@example.org</email></contact-info>
  <activity-scope code='4'/>
  <recipient-country code='KE' percentage='60.5'><narrative>Kenya</narrative></recipient-country>
  <recipient-region code='289' vocabulary='1' percentage='39.5'><narrative>Region of ours</narrative></recipient-region>
  <location ref='L1'><location-reach code='1'/><location-id vocabulary='G1' code='1821306'/>
    <name><narrative>Garissa</narrative></name><description><narrative>Where exactly</narrative></description>
    <point srsName='http://www.opengis.net/def/crs/EPSG/0/4326'><pos>-0.453230 39.646100</pos></point>
    <exactness code='1'/></location>
  <sector vocabulary='1' code='72010' percentage='100'><narrative>Sector name</narrative></sector>
  <sector vocabulary='99' vocabulary-uri='https://x.org/v' code='S' percentage='100' x:colour='blue'>
    <narrative>Own sector</narrative><x:note>extra of the sector</x:note></sector>
  <tag vocabulary='3' code='10.7'><narrative>Tag name</narrative></tag>
  <country-budget-items vocabulary='1'><budget-item code='1.1.1' percentage='100'/></country-budget-items>
  <humanitarian-scope type='2' vocabulary='2-1' code='EP-2026-1'/>
  <policy-marker vocabulary='1' code='1' significance='2'><narrative>Marker name</narrative></policy-marker>
  <collaboration-type code='1'/><default-flow-type code='10'/><default-finance-type code='110'/>
  <default-aid-type code='C01'/><default-tied-status code='5'/>
  <budget type='2' status='2'><period-start iso-date='2026-01-01'/><period-end iso-date='2026-12-31'/>
    <value currency='EUR' value-date='2026-02-03'>123456789012.34</value></budget>
  <planned-disbursement type='1'><period-start iso-date='2026-01-01'/><value value-date='2026-01-01'>9876.54</value>
  </planned-disbursement>
  <capital-spend percentage='12.5'/>
  <transaction ref='T-REF' humanitarian='1'><transaction-type code='3'/><transaction-date iso-date='2026-03-04'/>
    <value value-date='2026-03-04'>-0.01</value><description><narrative>Moved for this</narrative></description>
    <provider-org ref='YY'><narrative>Provider</narrative></provider-org>
    <receiver-org><narrative>Receiver</narrative></receiver-org><disbursement-channel code='2'/>
    <sector code='72010'/><recipient-country code='KE'/><flow-type code='10'/><finance-type code='110'/>
    <aid-type code='C01'/><tied-status code='5'/><x:moved>by air</x:moved></transaction>
  <document-link url='https://x.org/activity' format='application/pdf'><title><narrative>Titre du document</narrative>
    </title><category code='A01'/><language code='fr'/><document-date iso-date='2026-05-06'/></document-link>
  <related-activity type='3' ref='XX-SIBLING'/><related-activity type='4' ref='XX-CO'/>
  <related-activity type='5' ref='XX-THIRD'/>
  <legacy-data name='Old' value='Old value'/>
  <conditions attached='1'><condition type='1'><narrative>A condition</narrative></condition></conditions>
  <result type='1' aggregation-status='false' x:rank='7'>
    <title><narrative>Result title</narrative></title><description><narrative>Result text</narrative></description>
    <document-link url='https://x.org/result' format='text/html'><title><narrative>D</narrative></title></document-link>
    <reference vocabulary='99' code='R-1' vocabulary-uri='https://x.org/r'/>
    <indicator measure='1' ascending='1' aggregation-status='1'>
      <title><narrative>4.2a Indicateur</narrative><narrative xml:lang='en'>4.2a Indicator</narrative></title>
      <description><narrative>Indicator text</narrative></description>
      <document-link url='https://x.org/indicator' format='text/html'><title><narrative>D</narrative></title>
      </document-link>
      <reference vocabulary='9' code='SDG 10.7.1'/>
      <baseline year='2025' iso-date='2025-06-30' value='-2'><location ref='L1'/><dimension name='sex' value='women'/>
        <document-link url='https://x.org/baseline' format='text/html'><title><narrative>D</narrative></title>
        </document-link><comment><narrative>Baseline remark</narrative></comment><x:sure>yes</x:sure></baseline>
      <period><period-start iso-date='2026-01-01'/><period-end iso-date='2026-12-31'/>
        <target value='7'><comment><narrative>Target remark</narrative></comment>
          <document-link url='https://x.org/target' format='text/html'><title><narrative>D</narrative></title>
          </document-link><x:mood>mood good</x:mood></target>
        <actual value='3.5'><location ref='L1'/><dimension name='population' value='children'/>
          <dimension name='age' value='0-17'/><comment><narrative>Remarque</narrative></comment>
          <document-link url='https://x.org/actual' format='text/html'><title><narrative>D</narrative></title>
          <x:seen>1</x:seen></document-link></actual></period>
      <x:depth>indicator</x:depth>
    </indicator>
    <x:aside>result</x:aside>
  </result>
  <crs-add><loan-terms rate-1='1'><repayment-type code='1'/></loan-terms></crs-add>
  <fss extraction-date='2026-01-01' priority='1'><forecast year='2027' currency='EUR'>1</forecast></fss>
  <x:own><x:mark>urn:x</x:mark></x:own>
</iati-activity>
</iati-activities>
"""
