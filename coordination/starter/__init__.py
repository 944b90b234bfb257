"""The starter's second half: runs inside .venv, keeps database and broker, and supervises what the portal is made of."""
