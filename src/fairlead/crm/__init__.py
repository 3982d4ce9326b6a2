"""Files of a CRM in, rows out: DealRow, ChangeRow, PersonRow, TargetRow and their like. No Django here."""

from fairlead.crm.evidence import to_history
from fairlead.crm.mapping import Mapping, load, parse, to_toml
from fairlead.crm.problems import Problem, Refused
from fairlead.crm.reading import Batch, NeedsMapping, read

__all__ = [
    "Batch",
    "Mapping",
    "NeedsMapping",
    "Problem",
    "Refused",
    "load",
    "parse",
    "read",
    "to_history",
    "to_toml",
]
