"""DHIS2's metadata packages, read as they are: data sets become templates, data elements elements, and so on."""

from coordination.exchange.dhis2.package import read

__all__ = ["read"]
