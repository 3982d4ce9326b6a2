"""What the company owes a rep: opened by a refusal or a word given, delivered with evidence, rated or disputed."""
