"""``matric doctor``: what matric's promises rest on, tried on a spare switch or in the lab, point by point.

A point is proven, disproven, or could not be looked at; silence is never a proof. Nothing is changed unless a person
has named the device as one that may be changed, and what is changed is one unused VLAN (or the description of an
unused port) under the device's own timer.
"""

from matric.doctor.examination import Examination
from matric.doctor.outcome import Outcome, Record, Verdict
from matric.doctor.patient import Patient
from matric.doctor.point import POINTS, Point

__all__ = ("POINTS", "Examination", "Outcome", "Patient", "Point", "Record", "Verdict")
