"""Registers of recommendations as files: read from workbooks and CSV with every fault named, written as workbooks."""

from rbm.files.registers.entries import Answer, EntryAction, EntryEvaluation, EntryRecommendation
from rbm.files.registers.grouping import group
from rbm.files.registers.reading import read_register
from rbm.files.registers.records import COLUMNS, Fault, Faulty, Place, Register, RegisterRow
from rbm.files.registers.writing import Sheet, write_workbook

__all__ = [
    "COLUMNS",
    "Answer",
    "EntryAction",
    "EntryEvaluation",
    "EntryRecommendation",
    "Fault",
    "Faulty",
    "Place",
    "Register",
    "RegisterRow",
    "Sheet",
    "group",
    "read_register",
    "write_workbook",
]
