/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order of things in a check: bad ranges are told to the device before the file system is opened, so that no known
 * poison is touched. The device is opened for reading and never written.
 */
#include "check/examine.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "fs/path.h"

struct examine {
	const struct examine_options *options;
	struct examine_result *result;
	struct device *device;
	struct fs *fs;
	struct pool *pool;
};

static int open_all(struct examine *examine, struct error *err)
{
	const struct examine_options *options = examine->options;
	struct examine_result *out = examine->result;
	int rc = device_open(options->path, 0, &examine->device, err);

	if (rc == 0)
		rc = known_bad_find(&out->bad, options->badblocks, options->path, err);
	if (rc == 0)
		rc = known_bad_fits(&out->bad, device_size_bytes(examine->device), err);
	if (rc == 0)
		rc = device_set_bad(examine->device, &out->bad.bytes, err);
	if (rc == 0)
		rc = fs_open(examine->device, &examine->fs, err);
	if (rc != 0)
		return rc;
	out->opened = true;
	out->geo = examine->fs->geo;
	out->sb_agno = examine->fs->sb_agno;
	out->sb_error = examine->fs->sb_error;
	return journal_inspect(examine->fs, &out->journal, err);
}

/*
 * What a boot wants to know: would a mount work and replay what has to be replayed? XFS does not need a check after a
 * crash, so that is the rule.
 */
static bool asks_for_check(const struct examine_result *result)
{
	return result->sb_agno != 0 || result->geo.needs_repair || result->journal.condition == JOURNAL_DAMAGED;
}

static void on_pass(void *arg, const struct fsck_pass_info *pass, bool begins)
{
	const struct examine *examine = arg;

	if (examine->options->pass)
		examine->options->pass(examine->options->arg, pass, begins, device_cost(examine->device));
}

static int check(struct examine *examine, struct error *err)
{
	const struct fsck_options options = {
		.secret = examine->options->secret,
		.progress = examine->options->progress,
		.pass = on_pass,
		.arg = examine,
	};
	int rc;

	examine->result->checked = true;
	rc = fsck_run(examine->fs, examine->pool, &options, &examine->result->fsck, err);
	if (rc != ERR_CANCELLED)
		return rc;
	examine->result->cancelled = true;
	return 0;
}

/* ------------------------------------------------------------------ paths */

static int compare_inos(const void *a, const void *b)
{
	uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;

	return first < second ? -1 : first > second;
}

static int compare_paths(const void *a, const void *b)
{
	const struct examine_path *first = a, *second = b;

	return first->ino < second->ino ? -1 : first->ino > second->ino;
}

/* A finding may name an inode because there can be none of that number. */
static bool can_be(const struct geometry *geo, uint64_t ino)
{
	uint32_t agno, agino;

	return geometry_ino_split(geo, ino, &agno, &agino);
}

/* The inodes whose paths are wanted, ascending, each once; *out is the caller's. */
static int wanted_inodes(const struct examine *examine, uint64_t **out, size_t *count)
{
	const struct findings *findings = &examine->result->fsck.findings;
	const struct geometry *geo = &examine->result->geo;
	unsigned limit = examine->options->paths_per_code, of_code[FINDING_CODES] = {0};
	uint64_t *inos = calloc(findings->count + 1, 2 * sizeof(*inos));
	size_t found = 0, kept = 0;

	if (!inos)
		return ERR_NOMEM;
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];

		if (limit != 0 && of_code[finding->code]++ >= limit)
			continue;
		if (finding->at.in_inode && can_be(geo, finding->at.ino))
			inos[found++] = finding->at.ino;
		if (finding->other_ino != 0 && can_be(geo, finding->other_ino))
			inos[found++] = finding->other_ino;
	}
	qsort(inos, found, sizeof(*inos), compare_inos);
	for (size_t i = 0; i < found; i++)
		if (kept == 0 || inos[kept - 1] != inos[i])
			inos[kept++] = inos[i];
	*out = inos;
	*count = kept;
	return 0;
}

static int keep_path(void *arg, uint64_t ino, const char *path, size_t len, bool connected, uint64_t top_ino)
{
	struct examine_result *result = arg;
	char *bytes;

	if (array_reserve(&result->paths, result->path_count, 1, &result->path_room, sizeof(*result->paths)) != 0)
		return ERR_NOMEM;
	bytes = malloc(len + 1);
	if (!bytes)
		return ERR_NOMEM;
	memcpy(bytes, path, len);
	result->paths[result->path_count++] = (struct examine_path){
		.ino = ino, .bytes = bytes, .len = len, .connected = connected, .top_ino = top_ino};
	return 0;
}

/* What is wrong on the way to a path has been found by the check. */
static int ignore_gap(void *arg, uint64_t ino, const struct error *why)
{
	(void)arg;
	(void)ino;
	(void)why;
	return 0;
}

static int find_paths(struct examine *examine, struct error *err)
{
	struct examine_result *result = examine->result;
	const struct path_sink sink = {.path = keep_path, .gap = ignore_gap, .arg = result};
	uint64_t *inos = NULL;
	size_t count = 0;
	int rc = wanted_inodes(examine, &inos, &count);

	if (rc == 0 && count > 0)
		rc = path_find(examine->fs, examine->pool, inos, count, true, &sink, examine->options->progress, err);
	free(inos);
	if (result->path_count > 0)
		qsort(result->paths, result->path_count, sizeof(*result->paths), compare_paths);
	if (rc == ERR_CANCELLED) {
		result->cancelled = true;
		return 0;
	}
	return rc == ERR_NOMEM ? error_set(err, rc, "no memory for paths") : rc;
}

const struct examine_path *examine_path_of(const struct examine_result *result, uint64_t ino)
{
	const struct examine_path wanted = {.ino = ino};

	if (result->path_count == 0)
		return NULL;
	return bsearch(&wanted, result->paths, result->path_count, sizeof(wanted), compare_paths);
}

/* ------------------------------------------------------------------ the run */

int examine_run(const struct examine_options *options, struct examine_result *out, struct error *err)
{
	struct examine examine = {.options = options, .result = out};
	int rc = open_all(&examine, err);

	if (rc == 0 && (!options->at_boot || asks_for_check(out))) {
		rc = pool_open(options->threads ? options->threads : pool_processors(), &examine.pool, err);
		if (rc == 0)
			rc = check(&examine, err);
		if (rc == 0 && !out->cancelled && !options->no_paths)
			rc = find_paths(&examine, err);
	}
	pool_close(examine.pool);
	fs_close(examine.fs);
	device_close(examine.device);
	return rc;
}

void examine_result_fini(struct examine_result *result)
{
	for (size_t i = 0; i < result->path_count; i++)
		free(result->paths[i].bytes);
	free(result->paths);
	known_bad_fini(&result->bad);
	fsck_result_fini(&result->fsck);
	*result = (struct examine_result){0};
}

int examine_status(const struct examine_result *result)
{
	if (result->cancelled)
		return 32;
	return findings_wrong(&result->fsck.findings) > 0 ? 4 : 0;
}
