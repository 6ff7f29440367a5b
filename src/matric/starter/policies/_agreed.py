"""What is agreed for a while: a network of the school's own, until the day it is looked at again."""

from datetime import date

from matric import Network, School, Subject

__all__ = ("agreed_until",)


def agreed_until(school: School, subject: Subject, network: Network | None) -> date | None:
    """The last day of the agreement that *network* is the school's own; None where none is in force.

    A few rules of the edge then note what they find and let it be: an old network beside the new ones cannot keep them
    before its hosts have moved. MAT-03 judges the agreement itself, and holds the school to its day.
    """
    if network is None or network.role in school.standard.networks or subject.agreements is None:
        return None
    thing = f"{school.slug} vlan {network.vid}"
    days = [
        one.review
        for one in subject.agreements.agreements
        if (one.school, one.area, one.object) == (school.slug, "vlan", thing) and one.review >= subject.now.date()
    ]
    return max(days, default=None) if "vlan" in school.standard.agreements.may else None
