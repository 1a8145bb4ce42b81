"""Channels of an office: added, tried, switched off; what reaches an applicant by which of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest

from licensing.errors import InvalidInput, NotAllowed, NotFound
from licensing.invariants import check
from licensing.ports.gateway import AppriseGateway, Target
from licensing.ports.mail import MailChannelDown
from licensing.ports.sending import (
    ChannelDown,
    ChannelGone,
    PermanentFault,
    SendingFault,
    TemporaryFault,
)
from licensing.ports.webhook import HttpWebhook, signature
from licensing.queries.channels import channels
from licensing.services.channels import (
    NewChannel,
    add_channel,
    replace_secret,
    switch_channel,
    try_channel,
)
from licensing.services.deliver import deliver
from tests.factories import House, SentLetters, make_applicant
from tests.licensing.test_deliver import later
from tests.listener import Listener, listening

MINUTES = timedelta(minutes=1)


@dataclass(slots=True)
class Phones:
    """A gateway that keeps what would leave the building."""

    fault: SendingFault | None = None
    sent: list[tuple[str, str, str, str]] = field(default_factory=list)

    def check(self, url: str) -> Target:
        return Target("contoh", "{phone}" in url)

    def send(self, url: str, *, title: str, text: str, phone: str) -> None:
        self.sent.append((url, title, text, phone))
        if self.fault is not None:
            raise self.fault


@pytest.fixture
def phones(house: House) -> Phones:
    made = Phones()
    house.runtime.gateway = made
    return made


@pytest.fixture
def listener(house: House) -> Iterator[Listener]:
    house.runtime.webhook = HttpWebhook(private=True)
    with listening() as made:
        yield made


def personal(house: House) -> UUID:
    new = NewChannel("gateway", "WhatsApp", "contoh://kunci/{phone}")
    return add_channel(house.runtime, new, house.people.admin)[0]


def webhook(house: House, url: str, *takes: str) -> tuple[UUID, str]:
    new = NewChannel("webhook", "Program kota", url, takes or ("applicant",))
    return add_channel(house.runtime, new, house.people.admin)


def ways(house: House, application_id: UUID) -> list[tuple[str, str, bool]]:
    rows = house.rows(
        "SELECT channel, address, next_try_at IS NOT NULL AS leaves FROM notice"
        " WHERE application_id = %(id)s AND audience = 'applicant' ORDER BY channel",
        id=application_id,
    )
    return [(row.channel, row.address, row.leaves) for row in rows]


def parked(house: House) -> list[str]:
    return [r.parked_why for r in house.rows("SELECT parked_why FROM notice") if r.parked_why]


PHONE, MAIL = "+6281200000900", "pemohon-1@contoh.example"


class TestWaysToAnApplicant:
    """By e-mail, else to the phone, else on the tracking page; programs hear besides."""

    @pytest.mark.parametrize(
        ("email", "phone", "asked", "gateway", "hook", "expected"),
        [
            (MAIL, PHONE, "email", False, False, [("email", MAIL, True)]),
            ("", PHONE, "email", False, False, [("app", "", False)]),
            (MAIL, PHONE, "email", True, False, [("email", MAIL, True)]),
            (MAIL, PHONE, "phone", True, False, [("gateway", PHONE, True)]),
            (MAIL, PHONE, "phone", False, False, [("email", MAIL, True)]),
            ("", PHONE, "email", True, False, [("gateway", PHONE, True)]),
            ("", PHONE, "email", True, True, [("gateway", PHONE, True), ("webhook", "", True)]),
            (MAIL, PHONE, "email", False, True, [("email", MAIL, True), ("webhook", "", True)]),
            ("", PHONE, "email", False, True, [("app", "", False), ("webhook", "", True)]),
        ],
    )
    def test_of_one_event(
        self,
        house: House,
        phones: Phones,
        listener: Listener,
        email: str,
        phone: str,
        asked: str,
        gateway: bool,
        hook: bool,
        expected: list[tuple[str, str, bool]],
    ) -> None:
        if gateway:
            personal(house)
        if hook:
            webhook(house, listener.url)
        application_id = house.application(applicant=make_applicant(1, email=email, phone=phone))
        house.as_owner("UPDATE applicant SET tell_by = %(asked)s", asked=asked)
        house.check_all(application_id)
        house.press("accept", application_id, by=house.people.clerk)

        assert ways(house, application_id) == expected
        with house.owner.begin() as connection:
            assert [found for found in check(connection) if found.rows] == []

    def test_none_leads_to_a_channel_that_is_off_or_takes_other_things(
        self, house: House, phones: Phones, listener: Listener
    ) -> None:
        switch_channel(house.runtime, personal(house), active=False, by=house.people.admin)
        webhook(house, listener.url, "office")
        application_id = house.application("verification", applicant=make_applicant(1, email=""))
        assert ways(house, application_id) == [("app", "", False)]

    def test_none_leads_to_another_office(
        self, house: House, simulated_house: House, phones: Phones, listener: Listener
    ) -> None:
        personal(simulated_house)
        webhook(simulated_house, listener.url)
        application_id = house.application("verification", applicant=make_applicant(1, email=""))
        assert ways(house, application_id) == [("app", "", False)]

    def test_nothing_leaves_a_simulated_office(
        self, simulated_house: House, phones: Phones
    ) -> None:
        from tests.licensing.test_sweep import MONDAY

        simulated_house.runtime.gateway = phones
        personal(simulated_house)
        application_id = simulated_house.application(
            "verification", applicant=make_applicant(1, email=""), at=MONDAY
        )
        assert ways(simulated_house, application_id) == [("gateway", PHONE, False)]
        deliver(simulated_house.runtime)
        assert phones.sent == []


class TestDelivery:
    def test_to_a_phone_carries_the_letter_and_its_link(self, house: House, phones: Phones) -> None:
        personal(house)
        house.application("verification", applicant=make_applicant(1, email=""))

        assert deliver(house.runtime).sent == 1
        url, title, text, phone = phones.sent[0]
        assert (url, phone) == ("contoh://kunci/{phone}", PHONE)
        assert "berkas diterima" in title
        assert f"{house.runtime.public_url}/lacak" in text

    def test_to_a_program_is_signed_and_holds_nothing_personal(
        self, house: House, listener: Listener
    ) -> None:
        _, key = webhook(house, f"{listener.url}/masuk")
        application_id = house.application("correction", business_name="Toko Melati")
        deliver(house.runtime)

        assert {json.loads(heard.body)["event"] for heard in listener.heard} == {
            "accepted",
            "correction",
        }
        number = house.rows("SELECT number FROM dossier")[0].number
        for heard in listener.heard:
            told = json.loads(heard.body)
            assert set(told) == {"id", "event", "office", "number", "at", "params"}
            assert (told["office"], told["number"]) == (house.code, number)
            assert heard.headers["Idempotency-Key"] == told["id"]
            at = int(heard.headers["X-Satupintu-Timestamp"])
            assert heard.headers["X-Satupintu-Signature"] == (
                f"sha256={signature(key, at, heard.body)}"
            )
            said = heard.body.decode()
            for secret in ("Melati", "Contoh Pemohon", "9999990101", "81200000900", "@"):
                assert secret not in said
        faults = [json.loads(heard.body)["params"].get("faults") for heard in listener.heard]
        assert ["npwp"] in faults, "papers are named as the SOP names them"
        assert house.row(application_id).step == "correction"

    def test_a_broken_channel_holds_up_no_other(
        self, house: House, phones: Phones, listener: Listener
    ) -> None:
        personal(house)
        webhook(house, listener.url)
        phones.fault = ChannelDown("gateway: no connection")
        house.application("verification", applicant=make_applicant(1, email=""))
        house.application("verification", applicant=make_applicant(2))

        report = deliver(house.runtime)

        assert (report.sent, report.down) == (3, None)
        assert report.channels_down == ("WhatsApp: gateway: no connection",)
        assert len(phones.sent) == 1
        deliver(house.runtime)
        assert len(phones.sent) == 1, "probed every five minutes"
        phones.fault = None
        later(house, 5 * MINUTES)
        assert deliver(house.runtime).sent == 1
        row = house.rows("SELECT tries FROM notice WHERE channel = 'gateway'")[0]
        assert row.tries == 1

    def test_closed_mail_holds_up_no_channel(self, house: House, listener: Listener) -> None:
        class Closed(SentLetters):
            def send(self, letter: object) -> None:
                raise MailChannelDown("no route to host")

        house.runtime.mail = Closed()
        webhook(house, listener.url)
        house.application("verification")
        report = deliver(house.runtime)
        assert (report.sent, report.down) == (1, "no route to host")
        house.application("verification")
        assert deliver(house.runtime).sent == 1, "while mail waits to be probed"

    def test_one_poisoned_event_holds_up_no_other(self, house: House, listener: Listener) -> None:
        webhook(house, listener.url)
        for number in range(1, 4):
            house.application("verification", applicant=make_applicant(number))
        poisoned: list[str] = []

        def mood(heard: object) -> int:
            once = heard.headers["Idempotency-Key"]  # type: ignore[attr-defined]
            if not poisoned:
                poisoned.append(once)
            return 500 if once in poisoned else 200

        listener.mood = mood
        report = deliver(house.runtime)
        assert (report.sent, report.put_off, report.parked) == (5, 1, 0)

    def test_a_listener_that_is_gone_is_switched_off(
        self, house: House, listener: Listener
    ) -> None:
        webhook(house, listener.url)
        for number in range(1, 4):
            house.application("verification", applicant=make_applicant(number))
        listener.mood = lambda _: 410

        report = deliver(house.runtime)

        assert report.parked == 3
        assert len(listener.heard) == 1
        assert sorted(parked(house)) == ["HTTP 410: said why", "channel_off", "channel_off"]
        assert [row.active for row in house.rows("SELECT active FROM office_channel")] == [False]
        actions = [row.action for row in house.rows("SELECT action FROM office_event ORDER BY id")]
        assert actions[-1] == "channel_off"

    def test_what_waits_for_a_channel_that_is_switched_off_is_parked(
        self, house: House, phones: Phones
    ) -> None:
        channel = personal(house)
        house.application("verification", applicant=make_applicant(1, email=""))
        switch_channel(house.runtime, channel, active=False, by=house.people.admin)
        assert deliver(house.runtime).parked == 1
        assert (phones.sent, parked(house)) == ([], ["channel_off"])

    @pytest.mark.parametrize(
        ("fault", "column"),
        [
            (TemporaryFault("later"), "put_off"),
            (PermanentFault("never"), "parked"),
            (ChannelGone("gone"), "parked"),
        ],
    )
    def test_the_newest_fault_stands_with_the_channel(
        self, house: House, phones: Phones, fault: SendingFault, column: str
    ) -> None:
        personal(house)
        phones.fault = fault
        house.application("verification", applicant=make_applicant(1, email=""))
        assert getattr(deliver(house.runtime), column) == 1
        view = channels(house.runtime, house.people.supervisor)[0]
        assert (view.last_fault, view.failing) == (fault.why, True)

    def test_by_real_apprise(self, house: House, listener: Listener) -> None:
        house.runtime.gateway = AppriseGateway(schemes=frozenset({"json"}), private=True)
        new = NewChannel("gateway", "SMS", f"json://127.0.0.1:{listener.port}/?:to={{phone}}")
        add_channel(house.runtime, new, house.people.admin)
        house.application("verification", applicant=make_applicant(1, email=""))

        assert deliver(house.runtime).sent == 1
        told = json.loads(listener.heard[0].body)
        assert told["to"] == "6281200000900"
        assert "berkas diterima" in told["title"]
        assert "/lacak" in told["message"]

    def test_a_group_reads_no_name(self, house: House, phones: Phones) -> None:
        """A message to a group about an alert tells the number, not whose file it is."""
        new = NewChannel("gateway", "Grup", "contoh://grup")
        channel = add_channel(house.runtime, new, house.people.admin)[0]
        application_id = house.application("verification", business_name="Toko Melati")
        house.as_owner("DELETE FROM notice")
        house.as_owner(
            "INSERT INTO notice (id, office_id, application_id, event, audience, channel,"
            " channel_id, locale, params, created_at, next_try_at) VALUES (gen_random_uuid(),"
            " %(o)s, %(a)s, 'alert.80%%', 'office', 'gateway', %(c)s, 'id', %(p)s,"
            " clock_timestamp(), clock_timestamp())",
            o=house.office_id, a=application_id, c=channel,
            p=json.dumps({"number": "7/SIUP", "subject": "Toko Melati", "limit": "service"}),
        )  # fmt: skip
        assert deliver(house.runtime).sent == 1
        _, title, text, _ = phones.sent[0]
        assert "7/SIUP" in title
        assert "Melati" not in title + text
        assert f"/berkas/{application_id}" in text


class TestKeeping:
    def test_the_address_lies_sealed(self, house: House, listener: Listener) -> None:
        channel, key = webhook(house, f"{listener.url}/t/RAHASIA")
        row = house.rows("SELECT * FROM office_channel WHERE id = %(id)s", id=channel)[0]
        record = house.rows("SELECT * FROM office_event ORDER BY id DESC LIMIT 1")[0]
        for text in (str(tuple(row)), str(tuple(record))):
            assert "RAHASIA" not in text
            assert key not in text
        assert len(key) > 40

    def test_every_fault_is_told_at_once(self, house: House) -> None:
        with pytest.raises(InvalidInput) as raised:
            add_channel(
                house.runtime, NewChannel("webhook", " ", "http://x.example"), house.people.admin
            )
        assert raised.value.faults == {
            "name": "required", "url": "https_only", "takes": "choose",
        }  # fmt: skip

    def test_one_way_reaches_phones(self, house: House, phones: Phones) -> None:
        first = personal(house)
        with pytest.raises(InvalidInput) as raised:
            personal(house)
        assert raised.value.faults == {"url": "personal_already"}
        switch_channel(house.runtime, first, active=False, by=house.people.admin)
        personal(house)
        with pytest.raises(InvalidInput):
            switch_channel(house.runtime, first, active=True, by=house.people.admin)

    def test_a_new_address_keeps_what_the_channel_is_for(
        self, house: House, phones: Phones
    ) -> None:
        channel = personal(house)
        with pytest.raises(InvalidInput) as raised:
            replace_secret(house.runtime, channel, "contoh://grup", house.people.admin)
        assert raised.value.faults == {"url": "needs_phone"}
        replace_secret(house.runtime, channel, "contoh://baru/{phone}", house.people.admin)
        house.application("verification", applicant=make_applicant(1, email=""))
        deliver(house.runtime)
        assert phones.sent[0][0] == "contoh://baru/{phone}"

    def test_a_new_key_signs_from_then_on(self, house: House, listener: Listener) -> None:
        channel, old = webhook(house, listener.url)
        key = replace_secret(house.runtime, channel, listener.url, house.people.admin)
        assert key != old
        house.application("verification")
        deliver(house.runtime)
        heard = listener.heard[0]
        at = int(heard.headers["X-Satupintu-Timestamp"])
        assert heard.headers["X-Satupintu-Signature"].endswith(signature(key, at, heard.body))

    def test_a_test_message_leaves_at_once(
        self, house: House, phones: Phones, listener: Listener
    ) -> None:
        admin = house.people.admin
        assert try_channel(house.runtime, personal(house), admin, phone="0812 0000 0901") is None
        assert phones.sent[0][3] == "+6281200000901"
        assert try_channel(house.runtime, webhook(house, listener.url)[0], admin) is None
        assert json.loads(listener.heard[0].body)["event"] == "test"

    def test_a_test_says_what_is_wrong(self, house: House, listener: Listener) -> None:
        listener.mood = lambda _: 401
        fault = try_channel(house.runtime, webhook(house, listener.url)[0], house.people.admin)
        assert fault is not None
        assert fault.why.startswith("HTTP 401")

    def test_a_test_to_a_phone_needs_a_number(self, house: House, phones: Phones) -> None:
        with pytest.raises(InvalidInput) as raised:
            try_channel(house.runtime, personal(house), house.people.admin)
        assert "phone" in raised.value.faults

    def test_others_may_not(self, house: House, listener: Listener) -> None:
        channel = webhook(house, listener.url)[0]
        by = house.people.supervisor
        for refused in (
            lambda: add_channel(house.runtime, NewChannel("webhook", "x", "x"), by),
            lambda: switch_channel(house.runtime, channel, active=False, by=by),
            lambda: replace_secret(house.runtime, channel, "x", by),
            lambda: try_channel(house.runtime, channel, by),
            lambda: channels(house.runtime, house.people.clerk),
        ):
            with pytest.raises(NotAllowed):
                refused()

    def test_an_office_has_its_own_channels_alone(
        self, house: House, simulated_house: House, listener: Listener
    ) -> None:
        channel = webhook(house, listener.url)[0]
        assert channels(house.runtime, simulated_house.people.admin) == []
        with pytest.raises(NotFound):
            switch_channel(house.runtime, channel, active=False, by=simulated_house.people.admin)


class TestWhatTheApplicantAskedFor:
    """Asked at the counter where the office reaches phones; not asked means as before."""

    def test_is_kept_until_somebody_says_otherwise(self, house: House) -> None:
        def asked(tell_by: str) -> str:
            house.file(applicant=make_applicant(1, tell_by=tell_by))
            found: str = house.rows("SELECT tell_by FROM applicant")[0].tell_by
            return found

        assert [asked(said) for said in ("", "phone", "", "email", "x")] == [
            "email", "phone", "phone", "email", "email",
        ]  # fmt: skip
        assert len(house.rows("SELECT 1 FROM applicant")) == 1
