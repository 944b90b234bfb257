"""How numbers and dates are written, the same digits in both languages."""
