"""What no record and no device can say: a person vouches for it, by name, and until a day on which it runs out.

Each rule asks the question that its control holds in matric's catalogue. ``matric attest`` puts it to people, and
writes what they say into ``inventory/answers.yaml``. A trust that can decide one from its own data takes the rule out
of this file and writes its own.
"""

from collections.abc import Iterator

from matric import Said, Subject, cannot_evaluate, not_applicable, vouched
from matric.policy import controls, policy
from matric.policy.vouched import refuse_before

from ._endpoints import acknowledged, come_back


def _vouched(subject: Subject, name: str) -> Iterator[Said]:
    """What people say of the control *name*, where it applies."""
    control = controls.catalogue()[name]
    question = control.question
    if question is None:
        raise cannot_evaluate(f"{subject.school.slug}: the catalogue holds no question for {name}")
    if question.when == "after":
        refuse_before(subject)
    condition = control.condition
    if condition is not None and not subject.answer(condition.id).answer:
        raise not_applicable(f"it applies only where the answer to {condition.id} is yes")
    # What is asked after a cut-over is only told while nobody has answered; a no weighs what the control does.
    yield from vouched(subject, question, control.severity if question.when == "after" else None)


@policy("SAF-03")
def illegal_content_lists_are_on_and_nobody_can_switch_them_off(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "SAF-03")


@policy("SAF-05")
def routes_around_the_filter_are_closed_at_the_boundary(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "SAF-05")


@policy("SAF-06")
def an_address_and_a_time_can_be_traced(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "SAF-06")


@policy("SAF-07", severity="info")
def filtering_was_tested_from_every_class_of_user(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "SAF-07")


@policy("SAF-09")
def safesearch_is_enforced_for_pupils(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "SAF-09")


@policy("SAF-10")
def safeguarding_contacts_are_told_of_the_window(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "SAF-10")


@policy("MGT-10")
def passwords_of_administrators_are_long_enough(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "MGT-10")


@policy("MGT-12")
def every_way_to_administer_asks_for_a_second_factor(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "MGT-12")


@policy("MGT-26")
def ways_in_at_the_switch_itself_are_locked(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "MGT-26")


@policy("MGT-27")
def devices_are_centrally_managed_and_somebody_gets_their_alerts(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "MGT-27")


@policy("MGT-28")
def no_device_is_managed_over_old_tls(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "MGT-28")


@policy("L2-12")
def ports_of_users_refuse_addresses_that_are_not_theirs(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "L2-12")


@policy("L2-19")
def streams_reach_only_who_asks_for_them(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "L2-19")


@policy("L2-21")
def nobody_at_a_socket_speaks_for_the_ipv6_router(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "L2-21")


@policy("L2-23")
def nobody_has_hidden_a_switch_behind_a_port(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "L2-23")


@policy("WIF-04")
def managed_devices_log_in_with_certificates(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "WIF-04")


@policy("WIF-13")
def every_teaching_room_is_served_by_wireless(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "WIF-13")


@policy("WIF-19", severity="info")
def the_old_wireless_network_is_gone(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "WIF-19")


@policy("HW-03")
def dfe_instructions_are_carried_out_in_time(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "HW-03")


@policy("HW-07")
def stacks_are_joined_by_fast_links(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "HW-07")


@policy("HW-09")
def the_core_is_fed_by_a_ups(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "HW-09")


@policy("HW-11")
def every_switch_is_under_contract(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "HW-11")


@policy("HW-12")
def switches_meet_the_capability_floor(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "HW-12")


@policy("HW-14")
def new_cabling_meets_the_standard(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "HW-14")


@policy("HW-15")
def links_between_buildings_suit_their_length(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "HW-15")


@policy("HW-16")
def broadband_meets_the_minimum_for_the_phase(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "HW-16")


@policy("HW-17")
def a_second_circuit_takes_over_and_stays_filtered(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "HW-17")


@policy("HW-18")
def the_boundary_firewall_is_closed_and_reviewed(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "HW-18")


@policy("CUT-06")
def the_change_is_signed_and_somebody_may_call_it_off(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "CUT-06")


@policy("CUT-10", severity="info")
def everything_worked_after_the_cut_over(subject: Subject) -> Iterator[Said]:
    refuse_before(subject)
    yield from come_back(subject)
    # A call, a printed page and a login somebody still has to hear, hold and try.
    yield from _vouched(subject, "CUT-10")


@policy("CUT-11")
def life_safety_paths_are_listed_and_proven(subject: Subject) -> Iterator[Said]:
    yield from acknowledged(subject)
    if subject.surveyed is None or subject.surveyed.unseen:
        # Of what no survey could see, only people can speak.
        yield from _vouched(subject, "CUT-11")


@policy("CUT-12")
def records_are_current_and_held_twice(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "CUT-12")


@policy("CUT-13")
def backups_follow_3_2_1_with_an_offline_copy(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "CUT-13")


@policy("CUT-14")
def rpa_conditions_are_evidenced(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "CUT-14")


@policy("CUT-15")
def log_retention_is_set_and_written_down(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "CUT-15")


@policy("CUT-16")
def the_exam_contingency_covers_a_failure_of_it(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "CUT-16")


@policy("CUT-17")
def the_cyber_essentials_scope_names_the_school(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "CUT-17")


@policy("CUT-18", severity="info")
def legacy_access_is_gone(subject: Subject) -> Iterator[Said]:
    yield from _vouched(subject, "CUT-18")
