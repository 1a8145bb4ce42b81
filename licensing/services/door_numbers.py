"""How a step gives out a number, as SQL text for the parts of the one writing statement."""

from __future__ import annotations


def taken(part: str, kind: str) -> str:
    """Return a part that takes the next number of this year's series, once the step is written.

    It is taken here and nowhere else: the row of the series is locked until the commit. `kind`
    is SQL text: a parameter or a literal.
    """
    return f"""
{part} AS (
  INSERT INTO number_series AS s (office_id, series, last)
  SELECT %(office)s, {kind}::text || '/' || %(year)s::text, 1 FROM moved
  ON CONFLICT (office_id, series) DO UPDATE SET last = s.last + 1
  RETURNING last
)"""  # noqa: S608 - fixed text


def written(kind: str) -> str:
    """Return the number by the office's pattern; `n` is the part that took it, `o` the office."""
    return f"""replace(replace(replace(replace(replace(o.number_pattern,
                '{{urut}}', lpad(n.last::text, 4, '0')), '{{jenis}}', {kind}::text),
                '{{unit}}', o.unit_code), '{{bulan_romawi}}', %(month)s), '{{tahun}}', %(year)s)"""


def searched(text: str) -> str:
    """Return the normalised key by which a text is found, of the SQL text `text`."""
    return f"lower(regexp_replace({text}, '[^A-Za-z0-9]', '', 'g'))"
