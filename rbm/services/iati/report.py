"""What an import tells: counts of the file's elements, and every fault by activity, element and line."""

from dataclasses import dataclass, field

from rbm.files.iati import ActivityRecord, Finding


@dataclass(frozen=True)
class Told:
    """One fault or oddity: where it is and what was done about it."""

    activity: str | None
    element: str
    line: int
    reason: str


@dataclass
class Counts:
    """How many elements of each kind a file holds, read or not."""

    activities: int = 0
    results: int = 0
    indicators: int = 0
    baselines: int = 0
    targets: int = 0
    actuals: int = 0

    def add(self, activity: ActivityRecord) -> None:
        """Count the elements of one activity, those in refused periods as well."""
        indicators = [indicator for result in activity.results for indicator in result.indicators]
        periods = [period for indicator in indicators for period in indicator.periods]
        self.activities += 1
        self.results += len(activity.results)
        self.indicators += len(indicators)
        self.baselines += sum(len(indicator.baselines) for indicator in indicators)
        self.targets += sum(len(period.targets) for period in periods) + activity.lost_targets
        self.actuals += sum(len(period.actuals) for period in periods) + activity.lost_actuals


@dataclass
class ImportReport:
    """The outcome of one file. `created` counts the rows of its activities, results, indicators and values it made."""

    name: str
    sha256: str
    counts: Counts = field(default_factory=Counts)
    created: int = 0
    repaired: list[Told] = field(default_factory=list)
    refused: list[Told] = field(default_factory=list)
    noted: list[Told] = field(default_factory=list)

    def tell(self, finding: Finding) -> None:
        """Put a finding of the reader where it belongs."""
        told = Told(finding.activity, finding.element, finding.line, finding.reason)
        {"repaired": self.repaired, "refused": self.refused, "noted": self.noted}[finding.kind].append(told)
