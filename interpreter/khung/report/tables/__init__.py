"""Results as tables: made of what was found, counted, written as CSV, Parquet and a workbook."""
