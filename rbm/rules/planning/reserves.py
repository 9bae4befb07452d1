"""What is wrong with the money that a project set aside for its evaluation."""

from decimal import Decimal

from rbm.terms.planning import ReserveGap

RESERVE_SHARE = Decimal("0.05")
"""The least share of the budget of a project of a fund. Source: IOM Development Fund guidelines 2020."""


def reserve_gap(
    reserved: Decimal | None, least: Decimal | None, charged: Decimal, *, evaluated: bool
) -> ReserveGap | None:
    """The first of what is wrong: nothing reserved, less than the least, or nothing charged after an evaluation.

    `least` is None where no budget in the currency of the reserve is known.
    """
    if reserved is None:
        return ReserveGap.NO_RESERVE
    if least is not None and reserved < least:
        return ReserveGap.BELOW_MINIMUM
    return ReserveGap.UNSPENT if evaluated and not charged else None
