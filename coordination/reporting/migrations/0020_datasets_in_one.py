"""The second wall reads each dataset with its places from one list: every list that a policy names costs each query."""

from django.db import migrations

POLICIES = """
DROP POLICY sight ON reporting_submission;
CREATE POLICY sight ON reporting_submission TO tansiq_app USING ((SELECT sight_on('portal'))
    OR (CASE status WHEN 'draft' THEN ARRAY[reporter_id] ELSE ARRAY[reporter_id, reviewer_id, directorate_id] END
            && (SELECT sight_ids('organisations'))::bigint[]
        AND place_path ^@ ANY ((SELECT sight_texts('organisations_within'))::text[]))
    OR (status <> 'draft' AND {granted}));

DROP POLICY sight ON reporting_expectedreport;
CREATE POLICY sight ON reporting_expectedreport TO tansiq_app USING ((SELECT sight_on('portal'))
    OR (ARRAY[reporter_id, directorate_id] && (SELECT sight_ids('organisations'))::bigint[]
        AND place_path ^@ ANY ((SELECT sight_texts('organisations_within'))::text[]))
    OR {granted});
"""
GRANTED = """((place_path ^@ ANY ((SELECT sight_texts('places'))::text[])
            AND dataset_id <> ALL ((SELECT sight_ids('by_agreement'))::bigint[]))
        OR (dataset_id || ':' || place_path) ^@ ANY ((SELECT sight_texts('datasets'))::text[]))"""
GRANTED_BEFORE = """(dataset_id = ANY ((SELECT sight_ids('datasets'))::bigint[])
        OR (dataset_id = ANY ((SELECT sight_ids('datasets_limited'))::bigint[])
            AND (dataset_id || ':' || place_path) ^@ ANY ((SELECT sight_texts('datasets_within'))::text[]))
        OR (place_path ^@ ANY ((SELECT sight_texts('places'))::text[])
            AND dataset_id <> ALL ((SELECT sight_ids('by_agreement'))::bigint[])))"""


class Migration(migrations.Migration):
    """Row policies of reports with one list of datasets."""

    dependencies = [("reporting", "0019_attachments")]

    operations = [
        migrations.RunSQL(POLICIES.format(granted=GRANTED), POLICIES.format(granted=GRANTED_BEFORE)),
    ]
