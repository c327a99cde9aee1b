/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A scrub from end to end: open what there is, learn what is bad, find what that damages.
 *
 * Known bad ranges are told to the device before the file system is opened, so that no known poison is touched.
 */
#include "check/damage/scrub.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "device/badblocks.h"
#include "device/mounts.h"

struct scrub {
	const struct scrub_options *options;
	struct scrub_result *result;
	struct known_bad bad;
	struct device *device; /* NULL for a mounted file system */
	struct fs *fs;
	struct pool *pool;
	struct view view;
	bool has_view;
};

static int keep_text(char **to, const char *text, struct error *err)
{
	*to = strdup(text);
	return *to ? 0 : error_set(err, ERR_NOMEM, "no memory for a name");
}

/* ------------------------------------------------------------------ what is bad */

static int gather_bad(struct scrub *scrub, struct error *err)
{
	const struct scrub_options *options = scrub->options;
	struct damage_note note = {.doubt = DOUBT_BADBLOCKS_FULL};
	int rc = known_bad_add(&scrub->bad, &options->ranges, err);

	if (options->ranges.count > 0)
		scrub->bad.from |= BAD_FROM_OPTIONS;
	if (rc == 0 && (options->badblocks || options->ranges.count == 0))
		rc = known_bad_find(&scrub->bad, options->badblocks, scrub->result->device, err);
	scrub->result->bad_from |= scrub->bad.from;
	if (rc != 0 || !scrub->bad.maybe_incomplete)
		return rc;
	(void)error_set(&note.why, ERR_NOT_FOUND,
			"the kernel's list of bad blocks is full (%u ranges): there may be more", BADBLOCKS_FULL);
	rc = damage_note_add(&scrub->result->damage, &note);
	return rc == ERR_NOMEM ? error_set(err, rc, "no memory for the list of bad blocks") : rc;
}

/* ------------------------------------------------------------------ what to ask */

static int open_mounted(struct scrub *scrub, struct error *err)
{
	int rc = gather_bad(scrub, err);

	if (rc == 0)
		rc = view_mounted_open(scrub->result->mount_point, scrub->pool, &scrub->view, err);
	scrub->has_view = rc == 0;
	return rc;
}

static int open_offline(struct scrub *scrub, struct error *err)
{
	unsigned flags = scrub->options->mapped ? DEVICE_MAPPED : 0;
	int rc = device_open(scrub->options->path, flags, &scrub->device, err);

	if (rc == 0)
		rc = gather_bad(scrub, err);
	if (rc == 0)
		rc = known_bad_fits(&scrub->bad, device_size_bytes(scrub->device), err);
	if (rc == 0)
		rc = device_set_bad(scrub->device, &scrub->bad.bytes, err);
	if (rc == 0)
		rc = fs_open(scrub->device, &scrub->fs, err);
	if (rc == 0)
		rc = journal_inspect(scrub->fs, &scrub->result->journal, err);
	if (rc != 0)
		return rc;
	scrub->result->journal_known = true;
	scrub->result->sb_agno = scrub->fs->sb_agno;
	scrub->result->sb_error = scrub->fs->sb_error;
	rc = view_offline_open(scrub->fs, scrub->pool, &scrub->view, err);
	scrub->has_view = rc == 0;
	return rc;
}

static int refuse_directory(const char *path, struct error *err)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return error_set(err, ERR_INVALID, "is a directory, but no mount point");
	return 0;
}

static int open_any(struct scrub *scrub, struct error *err)
{
	struct mount_info mount = {0};
	int rc = mounts_find(scrub->options->path, &mount, err);

	if (rc < 0)
		return rc;
	if (rc == 1) {
		rc = keep_text(&scrub->result->device, mount.source, err);
		if (rc == 0)
			rc = keep_text(&scrub->result->mount_point, mount.target, err);
		mount_info_fini(&mount);
		return rc == 0 ? open_mounted(scrub, err) : rc;
	}
	rc = refuse_directory(scrub->options->path, err);
	if (rc == 0)
		rc = keep_text(&scrub->result->device, scrub->options->path, err);
	return rc == 0 ? open_offline(scrub, err) : rc;
}

/* ------------------------------------------------------------------ reading everything */

static int on_used(void *arg, const struct owner *owner)
{
	struct interval_set *free_bytes = arg;

	return owner->kind == OWNER_FREE ? interval_add(free_bytes, owner->start_bytes, owner->end_bytes) : 0;
}

/* Reads what is not free, and adds what cannot be read to @bad. */
static int probe_used(struct scrub *scrub, struct device *device, const struct interval_set *free_bytes,
		      uint64_t fs_bytes, struct interval_set *bad, struct error *err)
{
	uint64_t at = 0;

	while (at < fs_bytes) {
		const struct interval *gap = interval_find(free_bytes, at);
		uint64_t end = gap && gap->start < fs_bytes ? gap->start : fs_bytes;

		while (at < end) {
			uint64_t stop = end - at > (64u << 20) ? at + (64u << 20) : end;
			int rc = device_probe(device, at, stop, bad, err);

			if (rc != 0)
				return rc;
			scrub->result->media_bytes += stop - at;
			if (progress_step(scrub->options->damage.progress, "media", stop, fs_bytes) != 0)
				return error_set(err, ERR_CANCELLED, "stopped while reading the medium");
			at = stop;
		}
		if (gap && gap->end > at)
			at = gap->end;
	}
	return 0;
}

static int add_unreadable(struct scrub *scrub, struct device *device, struct error *err)
{
	const struct geometry *geo = &scrub->view.geo;
	uint64_t fs_bytes = geo->blocks << geo->block_log;
	const char *caveat = device_probe_caveat(device);
	struct damage_note note = {.doubt = DOUBT_MEDIA};
	struct interval_set whole = {0}, free_bytes = {0}, found = {0};
	struct owner_sink sink = {.owner = on_used, .arg = &free_bytes};
	int rc = interval_add(&whole, 0, fs_bytes);

	/* What cannot be known to be free is read. */
	if (rc == 0)
		rc = scrub->view.ops->owners(scrub->view.self, &whole, &sink, scrub->options->damage.progress, err);
	interval_settle(&free_bytes);
	if (rc == 0)
		rc = probe_used(scrub, device, &free_bytes, fs_bytes, &found, err);
	interval_settle(&found);
	if (rc == 0)
		rc = known_bad_add(&scrub->bad, &found, err);
	if (rc == 0 && caveat) {
		(void)error_set(&note.why, ERR_UNSUPPORTED, "%s", caveat);
		rc = damage_note_add(&scrub->result->damage, &note);
	}
	scrub->result->bad_from |= BAD_FROM_MEDIA;
	interval_fini(&whole);
	interval_fini(&free_bytes);
	interval_fini(&found);
	if (rc == ERR_NOMEM)
		return error_set(err, rc, "no memory to read the medium");
	return rc;
}

static int read_media(struct scrub *scrub, struct error *err)
{
	struct device *mounted = NULL;
	int rc;

	if (scrub->device) {
		rc = add_unreadable(scrub, scrub->device, err);
		return rc == 0 ? device_set_bad(scrub->device, &scrub->bad.bytes, err) : rc;
	}
	/* Of a mounted device only the readability is asked: what the bytes say is thrown away. */
	rc = device_open(scrub->result->device, DEVICE_UNCLAIMED, &mounted, err);
	if (rc == 0)
		rc = device_set_bad(mounted, &scrub->bad.bytes, err);
	if (rc == 0)
		rc = add_unreadable(scrub, mounted, err);
	device_close(mounted);
	return rc;
}

/* ------------------------------------------------------------------ the run */

int scrub_run(const struct scrub_options *options, struct scrub_result *out, struct error *err)
{
	struct scrub scrub = {.options = options, .result = out};
	int rc = pool_open(options->threads ? options->threads : pool_processors(), &scrub.pool, err);

	if (rc == 0)
		rc = open_any(&scrub, err);
	if (rc == 0 && options->media)
		rc = read_media(&scrub, err);
	if (rc == 0) {
		out->geo = scrub.view.geo;
		out->owners_from = scrub.view.owners_from;
		out->slow = scrub.view.slow;
		rc = damage_find(&scrub.view, &scrub.bad.bytes, &options->damage, &out->damage, err);
	}
	if (scrub.has_view)
		view_close(&scrub.view);
	fs_close(scrub.fs);
	device_close(scrub.device);
	pool_close(scrub.pool);
	known_bad_fini(&scrub.bad);
	return rc;
}

void scrub_result_fini(struct scrub_result *result)
{
	free(result->device);
	free(result->mount_point);
	damage_report_fini(&result->damage);
	*result = (struct scrub_result){0};
}

int scrub_status(const struct scrub_result *result)
{
	int status = result->damage.metadata_hurt ? 2 : result->damage.files_hurt ? 1 : 0;

	return result->damage.note_count > 0 ? status | 4 : status;
}
