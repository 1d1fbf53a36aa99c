#!/bin/sh
# Bring the engine's two databases to the schema of this version of temporal-sql-tool. Safe to run again: the tool
# keeps the version in the database and applies only what is missing. Reads SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD.
set -eu
export SQL_PLUGIN=postgres12

for database in temporal temporal_visibility; do
  case "$database" in
    temporal) schema=postgresql/v12/temporal ;;
    temporal_visibility) schema=postgresql/v12/visibility ;;
  esac
  # Makes the version tables where there are none, and leaves a newer version as it is.
  temporal-sql-tool --database "$database" setup-schema --version 0.0
  temporal-sql-tool --database "$database" update-schema --schema-name "$schema"
done
