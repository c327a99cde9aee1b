/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A scrub as metrics. Format: prometheus.io, "Exposition formats". */
#include "report/scrub_prometheus.h"

#include <inttypes.h>
#include <string.h>

#include "report/escape.h"
#include "report/flush.h"
#include "report/uuid_text.h"

static void head(FILE *out, const char *name, const char *help)
{
	fprintf(out, "# HELP xfsdax_scrub_%s %s\n# TYPE xfsdax_scrub_%s gauge\n", name, help, name);
}

/* The name and the label of the device; further labels and "} value" follow. */
static void begin_sample(FILE *out, const char *name, const struct scrub_result *result)
{
	fprintf(out, "xfsdax_scrub_%s{device=\"", name);
	escape_label(out, result->device, strlen(result->device));
	fputc('"', out);
}

static void gauge(FILE *out, const struct scrub_result *result, const char *name, const char *help, uint64_t value)
{
	head(out, name, help);
	begin_sample(out, name, result);
	fprintf(out, "} %" PRIu64 "\n", value);
}

static void info(FILE *out, const struct scrub_result *result, const char *version)
{
	const struct geometry *geo = &result->geo;
	char uuid[UUID_TEXT];

	head(out, "info", "File system that was asked about and version of the program; always 1.");
	begin_sample(out, "info", result);
	fprintf(out, ",uuid=\"%s\",label=\"", uuid_text(uuid, &geo->uuid));
	escape_label(out, geo->label, strnlen(geo->label, sizeof(geo->label)));
	fputs("\",version=\"", out);
	escape_label(out, version, strlen(version));
	fputs("\"} 1\n", out);
}

/* Every class, also with 0, so that a series does not vanish when an error is cleared. */
static void bad_bytes(FILE *out, const struct scrub_result *result)
{
	head(out, "bad_bytes", "Bad bytes of the device, by what lies there.");
	for (size_t code = 0; code < DAMAGE_CODES; code++) {
		begin_sample(out, "bad_bytes", result);
		fprintf(out, ",class=\"%s\"} %" PRIu64 "\n", damage_kinds[code].name,
			result->damage.totals.bytes[code]);
	}
}

int report_scrub_prometheus(const struct scrub_result *result, FILE *out, const char *version, uint64_t now,
			    struct error *err)
{
	const struct damage_report *damage = &result->damage;

	info(out, result, version);
	gauge(out, result, "last_run_timestamp_seconds", "When the last run ended that could do its job.", now);
	gauge(out, result, "bad_ranges", "Bad ranges of the device.", damage->totals.ranges);
	bad_bytes(out, result);
	gauge(out, result, "damaged_files", "Files of which something is lost.", damage->totals.damaged_files);
	gauge(out, result, "damaged_file_bytes", "Bytes lost, summed over files: what is shared counts in each.",
	      damage->totals.damaged_file_bytes);
	gauge(out, result, "files_damaged", "1 if any file is damaged.", damage->files_hurt);
	gauge(out, result, "metadata_damaged", "1 if metadata is damaged.", damage->metadata_hurt);
	gauge(out, result, "incomplete", "1 if the list of damage may be incomplete.", damage->note_count > 0);
	return report_flush(out, err);
}
