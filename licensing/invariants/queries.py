"""The invariants that are one query each."""

I1 = """
SELECT a.id AS application, a.step, e.to_step AS history
  FROM application a
  LEFT JOIN LATERAL (SELECT to_step FROM application_event
                      WHERE application_id = a.id AND ask IS NULL
                      ORDER BY seq DESC LIMIT 1) e ON true
 WHERE a.step IS DISTINCT FROM e.to_step
UNION ALL
SELECT k.application_id, k.key || ': ' || k.step, e.to_step
  FROM ask k
  JOIN application a ON a.id = k.application_id
  LEFT JOIN LATERAL (SELECT to_step FROM application_event
                      WHERE application_id = k.application_id AND ask = k.key
                      ORDER BY seq DESC LIMIT 1) e ON true
 WHERE e.to_step <> k.step
    OR (k.closed_at IS NOT NULL)
       <> (e.to_step IS NOT DISTINCT FROM 'answered' OR a.ended_at IS NOT NULL)
UNION ALL
SELECT DISTINCT e.application_id, e.ask, 'no such ask'
  FROM application_event e
 WHERE e.ask IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM ask k WHERE k.application_id = e.application_id AND k.key = e.ask)
"""

I2 = """
SELECT application_id AS application, seq, expected AS expected_seq, from_step, came_from
  FROM (SELECT application_id, seq, from_step, ask,
               row_number() OVER (PARTITION BY application_id ORDER BY seq) AS expected,
               lag(to_step) OVER (PARTITION BY application_id, ask ORDER BY seq) AS came_from
          FROM application_event) line
 WHERE seq <> expected OR (came_from IS NOT NULL AND from_step IS DISTINCT FROM came_from)
"""

I4 = """
SELECT application_id AS application, array_agg(seq ORDER BY seq) AS lines
  FROM application_event
 GROUP BY application_id, previous
HAVING count(*) > 1
"""

I6 = """
SELECT b.id AS bill, count(y.id) AS live, b.amount_idr AS billed, 'more than one booking' AS why
  FROM bill b JOIN payment y ON y.bill_id = b.id AND y.reversed_at IS NULL
 GROUP BY b.id, b.amount_idr HAVING count(*) > 1
UNION ALL
SELECT b.id, 1, b.amount_idr, 'booked ' || y.amount_idr::text
  FROM payment y JOIN bill b ON b.id = y.bill_id
 WHERE y.amount_idr <> b.amount_idr
UNION ALL
SELECT b.id, NULL, b.amount_idr, 'calculated ' || f.amount_idr::text
  FROM bill b JOIN fee_assessment f ON f.id = b.assessment_id
 WHERE f.amount_idr <> b.amount_idr OR f.application_id <> b.application_id
"""

I7 = """
SELECT office_id AS office, bank_reference AS reference, count(*) AS bookings
  FROM payment GROUP BY office_id, bank_reference HAVING count(*) > 1
UNION ALL
SELECT office_id, slip_number, count(*)
  FROM payment GROUP BY office_id, slip_number HAVING count(*) > 1
"""

# Whoever booked or took back is of the bank, and it is he who pressed in the history.
I8 = """
SELECT y.id AS payment, w.username AS booked_by, w.organisation_kind AS kind, 'not the bank' AS why
  FROM payment y JOIN officer w ON w.id = y.paid_by
 WHERE w.organisation_kind <> 'bank' OR y.paid_by_kind <> 'bank'
UNION ALL
SELECT y.id, r.username, r.organisation_kind, 'reversal not by the bank'
  FROM payment y JOIN officer r ON r.id = y.reversed_by
 WHERE r.organisation_kind <> 'bank' OR y.reversed_by_kind <> 'bank' OR y.reversed_by = y.paid_by
UNION ALL
SELECT y.id, w.username, w.organisation_kind, 'not pressed by this account'
  FROM payment y
  JOIN bill b ON b.id = y.bill_id
  JOIN officer w ON w.id = y.paid_by
 WHERE NOT EXISTS (SELECT 1 FROM application_event e
                    WHERE e.application_id = b.application_id AND e.actor_id = y.paid_by
                      AND e.detail ->> 'payment' = y.id::text)
"""

I9 = """
SELECT b.id AS bill, b.status, b.payment_id AS names, y.id AS live
  FROM bill b LEFT JOIN payment y ON y.bill_id = b.id AND y.reversed_at IS NULL
 WHERE (b.status = 'paid') <> (y.id IS NOT NULL) OR b.payment_id IS DISTINCT FROM y.id
UNION ALL
SELECT b.id, b.status || ', its application says ' || coalesce(a.state #>> '{bill,s}', 'nothing'),
       (a.state #>> '{bill,i}')::uuid, NULL
  FROM application a
 CROSS JOIN LATERAL (SELECT * FROM bill WHERE application_id = a.id
                      ORDER BY issued_at DESC, id LIMIT 1) b
 WHERE a.state #>> '{bill,i}' IS DISTINCT FROM b.id::text
    OR a.state #>> '{bill,a}' IS DISTINCT FROM b.amount_idr::text
    OR a.state #>> '{bill,s}' IS DISTINCT FROM b.status
    OR (b.status = 'paid' AND a.state #>> '{bill,p}' IS DISTINCT FROM b.payment_id::text)
UNION ALL
SELECT NULL, 'an application says ' || (a.state #>> '{bill,s}'),
       (a.state #>> '{bill,i}')::uuid, NULL
  FROM application a
 WHERE a.state #>> '{bill,i}' IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM bill WHERE application_id = a.id)
"""

# Registration numbers end in five digits of their series; of permits as many exist as were taken.
I11 = """
SELECT 'registration' AS kind, office_id AS office, number FROM dossier
 GROUP BY office_id, number HAVING count(*) > 1
UNION ALL
SELECT 'permit', office_id, number FROM permit GROUP BY office_id, number HAVING count(*) > 1
UNION ALL
SELECT 'series behind', d.office_id, d.number
  FROM dossier d
  LEFT JOIN number_series s
    ON s.office_id = d.office_id AND s.series = left(d.number, length(d.number) - 6)
 WHERE d.number ~ '^REG-[0-9]{8}-[0-9]{5}$' AND right(d.number, 5)::int > coalesce(s.last, 0)
UNION ALL
SELECT 'series behind', p.office_id, p.year::text || ': ' || p.issued::text
  FROM (SELECT office_id, extract(year FROM issued_on)::int AS year, count(*) AS issued
          FROM permit GROUP BY 1, 2) p
 WHERE p.issued > (SELECT coalesce(sum(s.last), 0) FROM number_series s
                    WHERE s.office_id = p.office_id AND s.series LIKE '%/' || p.year::text)
"""

# Five minutes: the same after which the silence of the sweep is itself an alarm. What is owed is
# what `clock_rows.owed_rungs` says.
I14 = """
SELECT d.application_id AS application, d.key, rung.value ->> 0 AS rung,
       to_timestamp((rung.value ->> 1)::bigint) AS owed_at
  FROM deadline d
  JOIN office o ON o.id = d.office_id AND NOT o.simulated
 CROSS JOIN LATERAL json_array_elements(d.rungs) AS rung
 WHERE to_timestamp((rung.value ->> 1)::bigint) < clock_timestamp() - interval '5 minutes'
   AND (d.status IN ('running', 'broken')
        OR (d.status = 'late' AND d.key NOT LIKE 'answer:%' AND rung.value ->> 0 LIKE 'breach%'))
   AND NOT EXISTS (SELECT 1 FROM alert a
                    WHERE a.application_id = d.application_id AND a.key = d.key
                      AND a.rung = rung.value ->> 0 AND a.withdrawn_at IS NULL)
"""

I15 = """
SELECT application_id AS application, key, rung, count(*) AS times
  FROM alert WHERE withdrawn_at IS NULL
 GROUP BY application_id, key, rung HAVING count(*) > 1
"""

I16 = """
SELECT a.application_id AS application, a.key, a.rung, a.owed_at, a.raised_at
  FROM alert a
  JOIN deadline d ON d.application_id = a.application_id AND d.key = a.key
 WHERE a.raised_at < a.owed_at
    OR (a.withdrawn_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM json_array_elements(d.rungs) AS rung
                         WHERE rung.value ->> 0 = a.rung))
"""

I17 = """
SELECT a.application_id AS application, a.key, a.rung
  FROM alert a
 WHERE a.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.alert_id = a.id)
"""

I18 = """
SELECT alert_id AS alert, officer_id AS officer, channel, channel_id, count(*) AS times
  FROM notice WHERE alert_id IS NOT NULL
 GROUP BY alert_id, officer_id, audience, channel, channel_id HAVING count(*) > 1
"""

# Letters to the invented people of a sample office are written and never sent.
I19 = """
SELECT n.id AS notice, n.event, n.next_try_at
  FROM notice n JOIN office o ON o.id = n.office_id AND NOT o.simulated
 WHERE n.channel <> 'app' AND n.sent_at IS NULL AND n.parked_at IS NULL
   AND ((n.next_try_at IS NULL AND NOT o.sample)
        OR n.next_try_at < clock_timestamp() - interval '1 hour')
"""

I21 = """
SELECT a.id AS application, a.last_seq, count(e.seq) AS lines, max(e.seq) AS newest
  FROM application a LEFT JOIN application_event e ON e.application_id = a.id
 GROUP BY a.id
HAVING a.last_seq IS DISTINCT FROM max(e.seq) OR a.last_seq <> count(e.seq)
"""

# The past of a sample office is invented, as that of a simulated one is. What the clock ends at its
# length counts then, however late it is recorded.
I22 = """
SELECT line.application_id AS application, line.seq, line.recorded_at, line.effective_at
  FROM (SELECT e.*, lag(recorded_at) OVER history AS recorded_before,
               lag(effective_at) OVER history AS effective_before
          FROM application_event e WINDOW history AS (PARTITION BY application_id ORDER BY seq)
       ) line
  JOIN office o ON o.id = line.office_id
 WHERE line.recorded_at < line.recorded_before
    OR line.effective_at < line.effective_before
    OR line.recorded_at > clock_timestamp()
    OR (line.effective_at <> line.recorded_at AND NOT (o.simulated OR o.sample)
        AND (line.detail ->> 'over' IS DISTINCT FROM 'true' OR line.actor_id IS NOT NULL
             OR line.effective_at > line.recorded_at))
"""

# A filing that runs while a version is being published may still see the one before.
I24 = """
SELECT a.id AS application, d.service, used.number AS version, newest.number AS in_force
  FROM application a
  JOIN dossier d ON d.application_id = a.id
  JOIN application_event e ON e.application_id = a.id AND e.seq = 1
  JOIN sop_version used ON used.id = a.sop_version_id
  LEFT JOIN LATERAL (SELECT v.number FROM sop_version v
                      WHERE v.office_id = a.office_id AND v.service = d.service
                        AND v.published_at < e.recorded_at - interval '30 seconds'
                      ORDER BY v.number DESC LIMIT 1) newest ON true
 WHERE used.service <> d.service OR used.published_at > e.recorded_at
    OR used.number < newest.number
"""

I25 = """
SELECT d.application_id AS application, d.key, d.status, 'application has ended' AS why
  FROM deadline d JOIN application a ON a.id = d.application_id
 WHERE d.ended_at IS NULL AND a.ended_at IS NOT NULL
UNION ALL
SELECT application_id, min(key), NULL, 'open ' || count(*)::text || ' times'
  FROM deadline WHERE ended_at IS NULL AND key NOT LIKE 'ask:%' AND key NOT LIKE '%/%'
 GROUP BY application_id, split_part(key, '#', 1) HAVING count(*) > 1
UNION ALL
SELECT a.id, 'due_at', NULL, 'is ' || coalesce(a.due_at::text, 'none') || ', nearest is '
       || coalesce(n.due_at::text, 'none')
  FROM application a
 CROSS JOIN LATERAL (SELECT min(d.due_at) AS due_at FROM deadline d
                      WHERE d.application_id = a.id AND d.ended_at IS NULL
                        AND d.key NOT LIKE 'ask:%' AND d.key NOT LIKE 'answer:%'
                        AND d.key NOT LIKE '%/%') n
 WHERE a.ended_at IS NULL AND a.due_at IS DISTINCT FROM n.due_at
"""

I30 = """
SELECT table_name AS "table", column_name AS "column", data_type AS type
  FROM information_schema.columns
 WHERE table_schema = 'public'
   AND (data_type IN ('real', 'double precision', 'money', 'timestamp without time zone',
                      'time without time zone')
        OR (column_name LIKE '%\\_idr' AND data_type NOT IN ('numeric', 'bigint', 'integer')))
"""

# Another calendar is not forgotten: a run has brought every open file to it, or will.
I32 = """
SELECT a.id AS application, used.number AS calendar, newest.number AS in_force
  FROM application a
  JOIN office o ON o.id = a.office_id
  JOIN calendar_version used ON used.id = a.calendar_version_id
  JOIN calendar_version newest ON newest.id = o.calendar_version_id
 WHERE a.ended_at IS NULL AND used.number < newest.number
   AND NOT EXISTS (SELECT FROM recompute r
                    WHERE r.office_id = a.office_id AND r.number > used.number
                      AND r.finished_at IS NULL)
"""
