/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A check as JSON lines. A member that does not apply or is not known is null, so that the set of members is fixed. */
#include <string.h>

#include "report/field_unit.h"
#include "report/flush.h"
#include "report/fsck_report.h"
#include "report/json_parts.h"
#include "report/words.h"

/* ------------------------------------------------------------------ parts of lines */

static void number_if(struct json_line *line, const char *key, bool known, uint64_t value)
{
	if (known)
		json_number(line, key, value);
	else
		json_null(line, key);
}

static void put_path(struct json_line *line, const struct examine_result *result, const char *key, const char *hex_key,
		     bool known, uint64_t ino)
{
	const struct examine_path *path = known ? examine_path_of(result, ino) : NULL;

	/* One that begins at an inode that the root does not reach would look like another. */
	if (path && path->connected)
		json_name(line, key, hex_key, path->bytes, path->len);
	else
		json_null(line, key);
}

static void put_place(struct json_line *line, const struct examine_result *result, const struct place *at)
{
	const struct agaddr first = {.agno = at->agno, .agbno = at->agbno};
	bool inside = at->in_block && geometry_holds(&result->geo, first, at->len_blocks);

	number_if(line, "allocation_group", at->in_group, at->agno);
	number_if(line, "block", at->in_block, at->agbno);
	number_if(line, "length_blocks", at->in_block, at->len_blocks);
	number_if(line, "device_offset_bytes", inside, inside ? geometry_block_offset(&result->geo, first) : 0);
	number_if(line, "inode", at->in_inode, at->ino);
	put_path(line, result, "path", "path_hex", at->in_inode, at->ino);
	json_text(line, "fork", at->in_fork ? fork_name(at->fork) : NULL);
	number_if(line, "file_offset_blocks", at->has_fileoff, at->fileoff);
}

/* ------------------------------------------------------------------ lines */

static int write_header(const struct fsck_report *report, FILE *out, const char *version, struct error *err)
{
	const struct examine_result *result = report->result;
	struct json_line line;

	json_line_begin(&line, "header");
	json_text(&line, "tool", "fsck.xfsdax");
	json_text(&line, "version", version);
	json_number(&line, "output_version", FSCK_JSON_VERSION);
	json_name(&line, "device", "device_hex", report->device, strlen(report->device));
	json_file_system(&line, &result->geo);
	json_superblock(&line, result->sb_agno, &result->sb_error);
	json_journal(&line, &result->journal);
	json_bad_from(&line, result->bad.from);
	json_number(&line, "known_bad_bytes", interval_total(&result->bad.bytes));
	json_boolean(&line, "paths_asked", !report->no_paths);
	return json_line_end(&line, out, err);
}

static int write_finding(const struct examine_result *result, const struct finding *finding, FILE *out,
			 struct error *err)
{
	const struct finding_kind *kind = &finding_kinds[finding->code];
	struct json_line line;

	json_line_begin(&line, "finding");
	json_text(&line, "code", kind->name);
	json_text(&line, "severity", finding_severity_names[kind->severity]);
	json_text(&line, "stake", finding_stake_names[kind->stake]);
	json_text(&line, "repair", repair_kinds[kind->repair].name);
	json_text(&line, "sentence", kind->sentence);
	json_boolean(&line, "follows", finding->follows);
	put_place(&line, result, &finding->at);
	number_if(&line, "other_inode", finding->other_ino != 0, finding->other_ino);
	put_path(&line, result, "other_path", "other_path_hex", finding->other_ino != 0, finding->other_ino);
	if (finding->name_len > 0)
		json_name(&line, "name", "name_hex", (const char *)finding->name, finding->name_len);
	else
		json_null(&line, "name");
	number_if(&line, "id", finding->has_id, finding->id);
	json_text(&line, "field", finding->field);
	json_text(&line, "unit", field_unit_name(field_unit_of(finding->field)));
	number_if(&line, "expected", finding->has_expected, finding->expected);
	number_if(&line, "found", finding->has_found, finding->found);
	number_if(&line, "count", finding->count > 0, finding->count);
	json_reason(&line, "reason", finding->why.code != 0 ? &finding->why : NULL);
	return json_line_end(&line, out, err);
}

static int write_cost(const struct pass_cost *cost, FILE *out, struct error *err)
{
	struct json_line line;

	json_line_begin(&line, "pass");
	json_text(&line, "name", cost->pass->name);
	json_text(&line, "purpose", cost->pass->purpose);
	json_number(&line, "nanoseconds", cost->nanoseconds);
	json_number(&line, "reads", cost->reads);
	json_number(&line, "read_bytes", cost->bytes);
	return json_line_end(&line, out, err);
}

static void put_codes(struct json_line *line, const struct findings *findings)
{
	json_object *array = json_array(line, "codes");

	for (unsigned code = 0; code < FINDING_CODES && !line->no_memory; code++) {
		struct json_line nested;

		if (findings->raised[code] == 0)
			continue;
		json_nested_begin(&nested);
		json_text(&nested, "code", finding_kinds[code].name);
		json_text(&nested, "severity", finding_severity_names[finding_kinds[code].severity]);
		json_text(&nested, "stake", finding_stake_names[finding_kinds[code].stake]);
		json_number(&nested, "findings", findings->raised[code]);
		json_nested_end(&nested, line, array);
	}
}

static void put_totals(struct json_line *line, const struct examine_result *result)
{
	const struct fsck_totals *totals = &result->fsck.totals;
	bool known = result->checked && !result->cancelled;

	number_if(line, "files", known, totals->files);
	number_if(line, "directories", known, totals->directories);
	number_if(line, "others", known, totals->others);
	number_if(line, "used_inodes", known, totals->inodes_used);
	number_if(line, "free_inodes", known, totals->inodes_free);
	json_number(line, "total_blocks", result->geo.blocks);
	number_if(line, "free_blocks", known, totals->blocks_free);
	number_if(line, "shared_blocks", known, totals->blocks_shared);
}

static int write_summary(const struct examine_result *result, FILE *out, struct error *err)
{
	const struct findings *findings = &result->fsck.findings;
	uint64_t of_severity[SEVERITY_ERROR + 1] = {0}, kept = findings->count, raised = 0;
	struct json_line line;

	for (unsigned code = 0; code < FINDING_CODES; code++) {
		of_severity[finding_kinds[code].severity] += findings->raised[code];
		raised += findings->raised[code];
	}
	json_line_begin(&line, "summary");
	json_boolean(&line, "checked", result->checked);
	json_boolean(&line, "cancelled", result->cancelled);
	json_number(&line, "errors", of_severity[SEVERITY_ERROR]);
	json_number(&line, "warnings", of_severity[SEVERITY_WARNING]);
	json_number(&line, "notes", of_severity[SEVERITY_NOTE]);
	json_number(&line, "findings_left_out", raised > kept ? raised - kept : 0);
	put_codes(&line, findings);
	put_totals(&line, result);
	json_number(&line, "exit_status", (uint64_t)examine_status(result));
	return json_line_end(&line, out, err);
}

int report_fsck_json(const struct fsck_report *report, FILE *out, const char *version, struct error *err)
{
	const struct examine_result *result = report->result;
	const struct findings *findings = &result->fsck.findings;
	int rc = write_header(report, out, version, err);

	for (size_t i = 0; i < findings->count && rc == 0; i++)
		rc = write_finding(result, &findings->items[i], out, err);
	for (size_t i = 0; report->costs && i < report->costs->count && rc == 0; i++)
		rc = write_cost(&report->costs->items[i], out, err);
	if (rc == 0)
		rc = write_summary(result, out, err);
	return rc == 0 ? report_flush(out, err) : rc;
}
