"""The database refuses to change or delete what was said, but for words behind the door of erasure."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("enablement", "0001_initial"), ("ledger", "0004_erasable")]
    operations = [
        guards.AppendOnly(
            "enablement_product",
            "enablement_entry",
            "enablement_entryversion",
            "enablement_sells",
            "enablement_attachment",
            "enablement_attachmentbytes",
            "enablement_delivery",
            "enablement_rating",
            "enablement_knowledge",
            "enablement_knowledgeversion",
            "enablement_assessed",
            "enablement_cite",
            "enablement_material",
            "enablement_materialversion",
            "enablement_thanks",
            "enablement_gap",
            "enablement_gapstep",
            "enablement_supportstatement",
        ),
        guards.Erasable(
            {
                "enablement_rating": ("words",),
                "enablement_knowledgeversion": ("title", "about", "learnt", "sources"),
                "enablement_assessed": ("words",),
                "enablement_gap": ("words",),
            }
        ),
    ]
