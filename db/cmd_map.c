/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* map: a picture of the device: what lies where, what is shared, what is bad. */
#include <errno.h>
#include <string.h>

#include "check/known_bad.h"
#include "command.h"
#include "report/map_svg.h"
#include "session.h"
#include "survey.h"

struct map_options {
	const char *svg;
	const char *badblocks;
};

static int parse(struct session *session, int argc, char **argv, struct map_options *out)
{
	for (int i = 1; i < argc; i++) {
		const char **value = strcmp(argv[i], "--svg") == 0	   ? &out->svg
				     : strcmp(argv[i], "--badblocks") == 0 ? &out->badblocks
									   : NULL;

		if (!value || i + 1 == argc) {
			session_say(session, value ? "%s wants the name of a file\n" : "bad option for map: %s\n",
				    argv[i]);
			return ERR_INVALID;
		}
		*value = argv[++i];
	}
	if (out->svg)
		return 0;
	session_say(session, "map draws into a file: map --svg FILE\n");
	return ERR_INVALID;
}

static int draw(struct session *session, const struct map_picture *picture, const char *path, struct error *err)
{
	FILE *file = fopen(path, "w");
	int rc;

	if (!file)
		return error_set_errno(err, ERR_IO, errno, "cannot write %s", path);
	rc = report_map_svg(picture, file, err);
	if (fclose(file) != 0 && rc == 0)
		rc = error_set_errno(err, ERR_IO, errno, "cannot write %s", path);
	if (rc == 0)
		session_say(session, "drawn into %s\n", path);
	return rc;
}

/* What the bad ranges hit; paths would not fit into a picture. */
static int find_damage(struct session *session, const struct interval_set *bad, struct damage_report *out,
		       struct error *err)
{
	struct progress progress = session_progress(session);
	struct damage_options options = {.no_paths = true, .progress = &progress};
	struct view view;
	struct pool *pool;
	int rc = pool_open(pool_processors(), &pool, err);

	if (rc != 0)
		return rc;
	rc = view_offline_open(session->fs, pool, &view, err);
	if (rc == 0) {
		rc = damage_find(&view, bad, &options, out, err);
		view_close(&view);
	}
	pool_close(pool);
	return rc;
}

/* What is not drawn, as it is not known. */
static void warn_bad(struct session *session, const struct known_bad *bad)
{
	struct error err;

	if (bad->from == 0 && device_kind(session->device) != DEVICE_FILE)
		error_set(&err, 0,
			  "nobody here knows the bad blocks of this device: none are drawn without --badblocks");
	else if (bad->maybe_incomplete)
		error_set(&err, 0, "the list of bad blocks is full or hidden: there may be more than are drawn");
	else
		return;
	session_complain(session, &err);
}

static int map_run(struct session *session, int argc, char **argv)
{
	struct map_options options = {0};
	struct map_picture picture = {.title = device_path(session->device)};
	struct damage_report damage = {0};
	struct known_bad bad = {0};
	struct error err = {0};
	uint64_t gaps;
	int rc = parse(session, argc, argv, &options);

	if (rc != 0)
		return rc;
	rc = known_bad_find(&bad, options.badblocks, device_path(session->device), &err);
	if (rc == 0)
		rc = map_picture_cut(&picture, &session->fs->geo, &err);
	picture.bad = &bad.bytes;
	if (rc == 0) {
		warn_bad(session, &bad);
		rc = survey(session, picture.cells, picture.cell_count, &gaps, &err);
	}
	if (rc == 0)
		rc = find_damage(session, &bad.bytes, &damage, &err);
	picture.damage = &damage;
	if (rc == 0)
		rc = draw(session, &picture, options.svg, &err);
	damage_report_fini(&damage);
	map_picture_fini(&picture);
	known_bad_fini(&bad);
	return rc == 0 || rc == ERR_CANCELLED ? rc : session_complain(session, &err);
}

const struct command map_command = {
	.name = "map",
	.args_max = 4,
	.args = "--svg file [--badblocks file]",
	.summary = "draw a picture of the device",
	.help = " Draws allocation groups from top to bottom: free space, data, metadata, how many files own the "
		"data,\n"
		" and the bad blocks that the system knows of, or those of a file as sysfs badblocks has them.\n",
	.run = map_run,
};
