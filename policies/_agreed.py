"""What is agreed for a while: an old network beside the new ones, until the day it is looked at again."""

from datetime import date

from matric import Network, School, Subject

__all__ = ("agreed_until",)


def agreed_until(school: School, subject: Subject, network: Network | None) -> date | None:
    """The last day of the agreement that *network* runs beside until its hosts have moved; None where none is in force.

    A few rules of the edge then note what they find and let it be, for it cannot keep them before. MAT-03 judges the
    agreement itself, and holds the school to its day. One that the school keeps for good is judged like any other.
    """
    if network is None or not network.leaving or subject.agreements is None:
        return None
    thing = f"{school.slug} vlan {network.vid}"
    days = [
        one.review
        for one in subject.agreements.agreements
        if (one.school, one.area, one.object) == (school.slug, "vlan", thing) and one.review >= subject.now.date()
    ]
    return max(days, default=None) if "vlan" in school.standard.agreements.may else None
