#!/bin/bash
# Run once by the database image on an empty volume: the roles and rights of coordination/database.sql.
set -euo pipefail
{
    printf '%s\n' '\set database tansiq' '\getenv owner_password TANSIQ_OWNER_PASSWORD' '\getenv app_password TANSIQ_APP_PASSWORD'
    cat /tansiq/database.sql
} | psql --no-psqlrc --username "$POSTGRES_USER" --dbname postgres
