"""One file per source: rows in, DealRow / ChangeRow / PersonRow / TargetRow out. No Django here."""
