"""XLSForms, as far as a report of numbers can carry them: a form becomes a template, groups sections, questions elements."""

from coordination.exchange.xlsform.form import OLE, ZIP, read

__all__ = ["OLE", "ZIP", "read"]
