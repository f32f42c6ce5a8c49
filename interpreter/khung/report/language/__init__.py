"""The reference of the language, made from the schemas, the builtins and the codes."""
