"""Applicants online: into their accounts, their drafts, their own applications and no others."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from licensing.errors import (
    InvalidInput,
    NotAllowed,
    NotFound,
    NotYourLane,
    ServiceClosed,
    SignInRefused,
    StaleApplication,
    TooManyTries,
)
from licensing.letters import render
from licensing.letters.online import ONLINE
from licensing.people import Applicant
from licensing.queries.application import view_application
from licensing.queries.online import filed_from, own_key, own_list, read_online_scan, view_draft
from licensing.queries.own_application import own_application
from licensing.services.applicant_accounts import (
    MOST_SENT,
    MOST_TRIES,
    begin_without_address,
    enter_by_code,
    enter_by_resume_code,
    phones_reached,
    read_address,
    renew_resume_code,
    send_code,
    shown_code,
)
from licensing.services.applicant_corrections import correct_paper
from licensing.services.applicant_drafts import (
    attach_to_draft,
    begin_draft,
    delete_online_draft,
    remove_from_draft,
    save_part,
)
from licensing.services.applicant_sessions import (
    applicant_of_session,
    end_session,
    end_sessions_of,
)
from licensing.services.deliver import deliver
from licensing.services.housekeeping import drop_old_online
from licensing.services.papers import PaperMarks, check_papers
from licensing.services.service_state import set_service_state
from licensing.services.stop_messages import messages_of, set_messages, stop_token
from licensing.services.take_action import TakeAction, take_action
from licensing.services.uploads import check_upload
from tests.factories import House, SentLetters, broken_promises, make_house
from tests.online import (
    ANSWERS,
    EMAIL,
    VARIANTS,
    applicant,
    code_on_its_way,
    draft,
    hand_in,
    photo,
)


def fetch(house: House, sql: str, *parameters: object) -> object:
    with house.runtime.transaction(house.office_id) as connection:
        return connection.exec_driver_sql(sql, parameters).scalar()


def expire(house: House, sql: str) -> None:
    house.as_owner(sql)


def add_gateway(house: House) -> object:
    """Give the office a way to phones; return its id."""
    house.as_owner(
        "INSERT INTO office_channel (office_id, kind, name, place, secret_cipher, personal, takes,"
        " created_by) VALUES (%(office)s, 'gateway', 'Pesan', 'x://', 'x', true, '{applicant}',"
        " %(by)s)",
        office=house.office_id,
        by=house.people.admin.id,
    )
    return fetch(house, "SELECT id FROM office_channel")


class TestAOneTimeCode:
    def test_opens_the_account_of_its_address_and_the_same_one_again(self, house: House) -> None:
        first = applicant(house)

        assert (first.kind, first.address) == ("email", EMAIL)
        assert applicant(house, "WARGA@contoh.example").id == first.id

    def test_lies_nowhere_in_the_clear_and_leaves_in_the_letter(self, house: House) -> None:
        send_code(house.runtime, house.office_id, EMAIL, locale="id")
        code = code_on_its_way(house)
        stored = fetch(house, "SELECT code_hash FROM online_code")

        deliver(house.runtime)

        letters = house.runtime.mail
        assert isinstance(letters, SentLetters)
        assert code not in str(stored)
        assert code in letters.sent[-1].text
        assert letters.sent[-1].to == EMAIL

    def test_is_spent_once_it_was_used(self, house: House) -> None:
        sent = send_code(house.runtime, house.office_id, EMAIL, locale="id")
        code = code_on_its_way(house)
        enter_by_code(house.runtime, house.office_id, sent.id, code, locale="id")

        with pytest.raises(SignInRefused):
            enter_by_code(house.runtime, house.office_id, sent.id, code, locale="id")

    def test_bears_five_wrong_guesses_and_then_not_even_the_right_one(self, house: House) -> None:
        sent = send_code(house.runtime, house.office_id, EMAIL, locale="id")
        right = code_on_its_way(house)
        wrong = f"{(int(right) + 1) % 10**6:06d}"
        for _ in range(MOST_TRIES):
            with pytest.raises(SignInRefused):
                enter_by_code(house.runtime, house.office_id, sent.id, wrong, locale="id")

        with pytest.raises(SignInRefused):
            enter_by_code(house.runtime, house.office_id, sent.id, right, locale="id")

    def test_is_refused_when_it_is_too_old_or_of_another_letter(self, house: House) -> None:
        sent = send_code(house.runtime, house.office_id, EMAIL, locale="id")
        code = code_on_its_way(house)
        with pytest.raises(SignInRefused):
            enter_by_code(house.runtime, house.office_id, uuid4(), code, locale="id")
        expire(house, "UPDATE online_code SET expires_at = clock_timestamp() - interval '1 s'")

        with pytest.raises(SignInRefused):
            enter_by_code(house.runtime, house.office_id, sent.id, code, locale="id")

    def test_is_sent_to_one_address_only_so_often(self, house: House) -> None:
        for _ in range(MOST_SENT[0][1]):
            send_code(house.runtime, house.office_id, EMAIL, locale="id")

        with pytest.raises(TooManyTries):
            send_code(house.runtime, house.office_id, EMAIL, locale="id")
        send_code(house.runtime, house.office_id, "lain@contoh.example", locale="id")

    def test_to_a_phone_needs_a_way_to_phones(self, house: House) -> None:
        with pytest.raises(InvalidInput) as refused:
            send_code(house.runtime, house.office_id, "0812 0000 0901", locale="id")

        assert refused.value.faults == {"address": "no_way_to_phones"}

    def test_leaves_by_the_gateway_where_the_office_reaches_phones(self, house: House) -> None:
        channel = add_gateway(house)

        sent = send_code(house.runtime, house.office_id, "0812 0000 0901", locale="id")

        assert (sent.kind, "12000090" in sent.address) == ("phone", False)
        assert phones_reached(house.runtime, house.office_id)
        assert fetch(house, "SELECT channel_id FROM notice WHERE event = 'online_code'") == channel

    @pytest.mark.parametrize("typed", ["", "warga", "warga@", "0812", "@contoh.example"])
    def test_needs_an_address(self, typed: str) -> None:
        with pytest.raises(InvalidInput):
            read_address(typed)


class TestASession:
    def test_is_of_the_applicant_until_it_is_ended(self, house: House) -> None:
        entered, _code = begin_without_address(house.runtime, house.office_id, locale="id")

        assert applicant_of_session(house.runtime, entered.session_key) == entered.applicant
        end_session(house.runtime, entered.session_key)
        assert applicant_of_session(house.runtime, entered.session_key) is None

    def test_ends_with_all_others_of_the_account(self, house: House) -> None:
        entered, code = begin_without_address(house.runtime, house.office_id, locale="id")
        other = enter_by_resume_code(house.runtime, house.office_id, code)

        assert end_sessions_of(house.runtime, entered.applicant) == 2
        assert applicant_of_session(house.runtime, other.session_key) is None

    def test_ends_after_a_day_without_use(self, house: House) -> None:
        entered, _code = begin_without_address(house.runtime, house.office_id, locale="id")
        expire(house, "UPDATE online_session SET seen_at = clock_timestamp() - interval '25 hours'")

        assert applicant_of_session(house.runtime, entered.session_key) is None

    @pytest.mark.parametrize("key", ["", "x", "nonsense.key", f"{UUID(int=7).hex}.{'a' * 43}"])
    def test_is_not_opened_by_any_other_key(self, house: House, key: str) -> None:
        assert applicant_of_session(house.runtime, key) is None


class TestAResumeCode:
    def test_opens_on_another_device_what_was_begun_without_an_address(self, house: House) -> None:
        entered, code = begin_without_address(house.runtime, house.office_id, locale="id")
        typed = shown_code(code).lower()

        assert enter_by_resume_code(house.runtime, house.office_id, typed).applicant == (
            entered.applicant
        )

    def test_ends_when_a_new_one_is_made_which_is_sent_if_that_is_asked(self, house: House) -> None:
        entered, code = begin_without_address(house.runtime, house.office_id, locale="id")
        fresh = renew_resume_code(house.runtime, entered.applicant, send_to=EMAIL)

        assert code_on_its_way(house, "online_resume") == shown_code(fresh)
        assert enter_by_resume_code(house.runtime, house.office_id, fresh)
        with pytest.raises(SignInRefused):
            enter_by_resume_code(house.runtime, house.office_id, code)

    def test_is_of_one_office(self, house: House) -> None:
        _entered, code = begin_without_address(house.runtime, house.office_id, locale="id")
        other = make_house(house.runtime, house.owner)

        with pytest.raises(SignInRefused):
            enter_by_resume_code(house.runtime, other.office_id, code)

    def test_ends_when_its_work_is_saved_to_an_address(self, house: House) -> None:
        entered, code = begin_without_address(house.runtime, house.office_id, locale="id")
        draft_id = draft(house, entered.applicant)
        filed = hand_in(house, entered.applicant, draft(house, entered.applicant))

        known = applicant(house, guest=entered.applicant)

        assert view_draft(house.runtime, draft_id, known).form.text("applicant_name")
        assert own_key(house.runtime, filed.application_id, known)
        with pytest.raises(SignInRefused):
            enter_by_resume_code(house.runtime, house.office_id, code)


class TestADraft:
    def test_is_kept_sealed_and_returns_as_it_was_typed(self, house: House) -> None:
        by = applicant(house)
        draft_id = begin_draft(house.runtime, house.service, VARIANTS, by)
        save_part(house.runtime, draft_id, {"applicant_nik": "9999014101900001", "x": "½"}, by)

        stored = str(fetch(house, "SELECT form FROM online_draft WHERE id = %s", draft_id))
        form = view_draft(house.runtime, draft_id, by).form

        assert "9999014101900001" not in stored
        assert form.text("applicant_nik") == "9999014101900001"
        assert form.text("applicant_email") == EMAIL

    def test_of_somebody_else_is_not_there(self, house: House) -> None:
        by, other = applicant(house), applicant(house, "lain@contoh.example")
        draft_id = draft(house, by)
        scan = view_draft(house.runtime, draft_id, by).scans["ktp"][0]
        checked = check_upload(house.runtime, photo(), "x.jpg", office_id=house.office_id)

        with pytest.raises(NotFound):
            view_draft(house.runtime, draft_id, other)
        with pytest.raises(NotFound):
            save_part(house.runtime, draft_id, {"applicant_name": "Lain"}, other)
        with pytest.raises(NotFound):
            attach_to_draft(house.runtime, draft_id, "ktp", checked, "x.jpg", other)
        with pytest.raises(NotFound):
            read_online_scan(house.runtime, draft_id, scan.id, other)
        with pytest.raises(NotFound):
            hand_in(house, other, draft_id)
        assert not remove_from_draft(house.runtime, draft_id, scan.id, other)
        assert not delete_online_draft(house.runtime, draft_id, other)

    def test_needs_the_answers_that_decide_what_is_asked(self, house: House) -> None:
        with pytest.raises(InvalidInput) as refused:
            begin_draft(house.runtime, house.service, {"purpose": "new"}, applicant(house))

        assert refused.value.faults == {"variant_legal_form": "choose"}

    def test_cannot_be_begun_or_handed_in_while_the_service_is_switched_off(
        self, house: House
    ) -> None:
        by = applicant(house)
        draft_id = draft(house, by)
        set_service_state(
            house.runtime, house.service, open_=False, note="Libur", by=house.people.admin
        )

        with pytest.raises(ServiceClosed):
            begin_draft(house.runtime, house.service, VARIANTS, by)
        with pytest.raises(ServiceClosed):
            hand_in(house, by, draft_id)
        assert view_draft(house.runtime, draft_id, by).closed_note == "Libur"

    def test_says_every_fault_and_every_missing_scan_at_once(self, house: House) -> None:
        by = applicant(house)
        draft_id = begin_draft(house.runtime, house.service, VARIANTS, by)

        faults = view_draft(house.runtime, draft_id, by).faults

        assert faults["applicant_nik"] == "required"
        assert faults["business_name"] == "required"
        assert faults["paper_ktp"] == "not_uploaded"

    def test_is_thrown_away_after_thirty_days_with_its_scans(self, house: House) -> None:
        by = applicant(house)
        kept, old = draft(house, by), draft(house, by)
        expire(
            house,
            "UPDATE online_draft SET saved_at = clock_timestamp() - interval '31 days'"
            f" WHERE id = '{old}'",
        )

        drop_old_online(house.runtime)

        assert [one.id for one in own_list(house.runtime, by).drafts] == [kept]
        assert fetch(house, "SELECT count(*) FROM online_file WHERE draft_id = %s", old) == 0


class TestMalwareFoundLater:
    def test_is_shown_to_nobody_and_does_not_count_as_the_paper(self, house: House) -> None:
        by = applicant(house)
        draft_id = draft(house, by)
        scan = view_draft(house.runtime, draft_id, by).scans["ktp"][0]
        house.as_owner(
            "UPDATE kept_file SET scan = 'infected', finding = 'Contoh',"
            " scanned_at = clock_timestamp()"
        )

        with pytest.raises(NotFound):
            read_online_scan(house.runtime, draft_id, scan.id, by)
        with pytest.raises(InvalidInput) as refused:
            hand_in(house, by, draft_id)
        assert refused.value.faults["paper_ktp"] == "not_uploaded"
        assert view_draft(house.runtime, draft_id, by).faults["paper_ktp"] == "not_uploaded"


class TestFilingOnline:
    def test_is_with_the_office_at_once_and_the_filing_limit_runs(self, house: House) -> None:
        by = applicant(house)
        filed = hand_in(house, by, draft(house, by))

        view = view_application(house.runtime, filed.application_id, house.people.clerk)

        assert (view.step, view.events[0].detail["channel"]) == ("intake", "online")
        assert [limit.key for limit in view.limits if limit.status == "running"].count("filing")
        assert {paper.presence for paper in view.papers} == {"unchecked"}
        assert all(paper.files for paper in view.papers)
        assert view.events[0].lane == "applicant"

    def test_ends_the_draft_and_a_second_press_finds_the_same_application(
        self, house: House
    ) -> None:
        by = applicant(house)
        draft_id = draft(house, by)
        filed = hand_in(house, by, draft_id)

        assert filed_from(house.runtime, draft_id, by) == filed.application_id
        assert own_list(house.runtime, by).drafts == []
        assert filed_from(house.runtime, draft_id, applicant(house, "b@contoh.example")) is None

    def test_without_a_required_scan_is_refused_by_its_name(self, house: House) -> None:
        by = applicant(house)
        draft_id = draft(house, by, without="ktp")

        with pytest.raises(InvalidInput) as refused:
            hand_in(house, by, draft_id)
        assert refused.value.faults == {"paper_ktp": "not_uploaded"}

    def test_takes_what_was_left_empty_from_the_applicant(self, house: House) -> None:
        by = applicant(house)
        filed = hand_in(house, by, draft(house, by))

        view = view_application(house.runtime, filed.application_id, house.people.clerk)

        assert ANSWERS["field_phone"] == ""
        assert view.fields["phone"] == view.applicant.phone

    def test_tells_by_letter_until_when_we_check(self, house: House) -> None:
        by = applicant(house)
        filed = hand_in(house, by, draft(house, by))
        deliver(house.runtime)

        letters = house.runtime.mail
        assert isinstance(letters, SentLetters)
        text = next(one for one in letters.sent if one.subject.startswith(filed.number)).text
        assert "paling lambat" in text
        assert filed.tracking_code not in text

    def test_turns_nobody_elses_letters_to_an_address_of_its_own(self, house: House) -> None:
        known = applicant(house)
        first = hand_in(house, known, draft(house, known)).application_id
        other = applicant(house, "lain@contoh.example")
        taken = draft(house, other)
        typed = ANSWERS | {"applicant_email": "lain@contoh.example"}
        save_part(house.runtime, taken, typed, other)

        second = hand_in(house, other, taken).application_id

        told = {
            at: view_application(house.runtime, at, house.people.clerk).applicant.email
            for at in (first, second)
        }
        assert told == {first: EMAIL, second: "lain@contoh.example"}

    def test_of_the_same_account_brings_its_own_person_up_to_date(self, house: House) -> None:
        by = applicant(house)
        files = [hand_in(house, by, draft(house, by)).application_id for _time in range(2)]

        views = [view_application(house.runtime, at, house.people.clerk) for at in files]

        assert views[0].applicant.id == views[1].applicant.id

    def test_keeps_a_clerk_from_filing_as_somebody_else(self, house: House) -> None:
        with pytest.raises(NotAllowed):
            house.file(by=house.people.verifier)


def returned(house: House, by: Applicant, paper: str = "ktp") -> UUID:
    """Return an application that the counter has returned for one paper."""
    application_id = hand_in(house, by, draft(house, by)).application_id
    marks = dict.fromkeys(house.papers(application_id), ("received", ""))
    marks[paper] = ("faulty", "Tidak terbaca")
    check_papers(
        house.runtime,
        PaperMarks(application_id, house.version(application_id), marks),
        house.people.clerk,
    )
    house.press("return_incomplete", application_id, by=house.people.clerk)
    return application_id


def replace_paper(house: House, application_id: UUID, paper: str, by: Applicant) -> None:
    checked = check_upload(house.runtime, photo(90), "baru.jpg", office_id=house.office_id)
    correct_paper(house.runtime, application_id, paper, checked, "baru.jpg", by)


class TestAReturnedApplication:
    def test_says_exactly_what_is_wrong_with_which_paper(self, house: House) -> None:
        by = applicant(house)
        own = own_application(house.runtime, returned(house, by), by)

        assert [(one.name, one.kind, one.words) for one in own.returned] == [
            ("ktp", "faulty", "Tidak terbaca")
        ]
        assert own.my_turn
        assert own.lacking == own.returned

    def test_goes_back_through_the_one_door_with_the_new_scan(self, house: House) -> None:
        by = applicant(house)
        application_id = returned(house, by)
        replace_paper(house, application_id, "ktp", by)
        own = own_application(house.runtime, application_id, by)
        assert own.lacking == []
        assert own.forward is not None

        take_action(house.runtime, TakeAction(application_id, own.forward.action, own.version), by)

        view = view_application(house.runtime, application_id, house.people.clerk)
        assert view.step == "intake"
        assert {p.name for p in view.papers if p.presence == "unchecked"} == {"ktp"}
        assert len(next(p for p in view.papers if p.name == "ktp").files) == 2
        assert not own_application(house.runtime, application_id, by).my_turn

    def test_takes_no_scan_of_a_paper_that_was_right(self, house: House) -> None:
        by = applicant(house)
        application_id = returned(house, by)

        with pytest.raises(NotFound):
            replace_paper(house, application_id, "npwp", by)

    def test_takes_no_scan_while_it_is_our_turn(self, house: House) -> None:
        by = applicant(house)
        application_id = hand_in(house, by, draft(house, by)).application_id

        with pytest.raises(NotAllowed):
            replace_paper(house, application_id, "ktp", by)


class TestTheDoor:
    def test_lets_an_applicant_press_in_his_own_lane_alone(self, house: House) -> None:
        by = applicant(house)
        application_id = hand_in(house, by, draft(house, by)).application_id

        for action in ("accept", "return_incomplete"):
            with pytest.raises(NotYourLane):
                take_action(house.runtime, TakeAction(application_id, action), by)

    def test_is_closed_for_the_applications_of_others(self, house: House) -> None:
        by, other = applicant(house), applicant(house, "lain@contoh.example")
        mine, counters = returned(house, by), house.application("verification")

        for application_id in (mine, counters):
            with pytest.raises(NotFound):
                take_action(
                    house.runtime, TakeAction(application_id, "withdraw", reason="x"), other
                )
            with pytest.raises(NotFound):
                own_application(house.runtime, application_id, other)

    def test_takes_a_withdrawal_with_its_reason_and_the_version_that_was_seen(
        self, house: House
    ) -> None:
        by = applicant(house)
        application_id = hand_in(house, by, draft(house, by)).application_id
        own = own_application(house.runtime, application_id, by)
        with pytest.raises(StaleApplication):
            take_action(
                house.runtime,
                TakeAction(application_id, "withdraw", own.version + 1, reason="Pindah"),
                by,
            )

        receipt = take_action(
            house.runtime, TakeAction(application_id, "withdraw", own.version, reason="Pindah"), by
        )

        assert receipt.outcome == "withdrawn"
        assert broken_promises(house) == {}


class TestLetters:
    @pytest.mark.parametrize("event", sorted(ONLINE))
    def test_to_applicants_online_are_written_in_both_languages(self, event: str) -> None:
        params = {"code": "123456", "number": "REG-1", "check_by": "2026-12-01T09:00:00+00:00"}
        written = [render(event, params, locale) for locale in ("id", "en")]

        assert written[0].body != written[1].body
        assert all(("123456" in one.body) != (event == "online_filed") for one in written)
        assert "Yth. Pemohon" in written[0].body


class TestMessages:
    def test_stop_and_begin_again_by_the_link_of_a_letter(self, house: House) -> None:
        by = applicant(house)
        application_id = hand_in(house, by, draft(house, by)).application_id
        token = stop_token(house.runtime.keyring, house.code, application_id)

        assert not messages_of(house.runtime, token).stopped
        assert set_messages(house.runtime, token, stop=True).stopped
        assert fetch(
            house,
            "SELECT string_agg(w.channel, ',') FROM way_to_applicant w JOIN dossier d"
            " ON d.applicant_id = w.applicant_id WHERE d.application_id = %s",
            application_id,
        ) == "app"  # fmt: skip
        assert not set_messages(house.runtime, token, stop=False).stopped

    def test_stop_by_no_other_link(self, house: House) -> None:
        by = applicant(house)
        application_id = hand_in(house, by, draft(house, by)).application_id
        token = stop_token(house.runtime.keyring, house.code, application_id)

        for wrong in ("", "x", token[:-1], token.replace(application_id.hex, uuid4().hex)):
            with pytest.raises(NotFound):
                messages_of(house.runtime, wrong)

    def test_carry_the_link_in_every_letter_about_an_application(self, house: House) -> None:
        by = applicant(house)
        application_id = hand_in(house, by, draft(house, by)).application_id
        deliver(house.runtime)

        letters = house.runtime.mail
        assert isinstance(letters, SentLetters)
        assert f"/pesan/{house.code}.{application_id.hex}." in letters.sent[-1].text
