/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The view of a file system that nobody has mounted, through its metadata.
 *
 * Owners come from the rmapbt. Where that cannot be read, or there is none, everything that points at blocks is looked
 * through; what both ways answer is the same, and what both say twice the caller drops.
 */
#include "fs/view_offline.h"

#include <stdlib.h>

#include "fs/chunk.h"
#include "fs/path.h"
#include "fs/tree_map.h"
#include "fs/view.h"

struct offline {
	const struct fs *fs;
	struct pool *pool;
	bool use_rmapbt;
	struct tree_map map; /* of the group that was asked for last */
	uint32_t map_agno;
	bool has_map;
};

/* Passes owners on and keeps the gaps of the rmapbt for the scan. */
struct first_pass {
	const struct owner_sink *sink;
	struct interval_set gaps;
};

static int first_owner(void *arg, const struct owner *owner)
{
	const struct first_pass *pass = arg;

	return pass->sink->owner(pass->sink->arg, owner);
}

static int first_gap(void *arg, uint64_t start_bytes, uint64_t end_bytes, const struct error *why)
{
	struct first_pass *pass = arg;

	(void)why; /* the scan says what is still missing */
	return interval_add(&pass->gaps, start_bytes, end_bytes);
}

/* Owners of what the geometry does not tell. */
static int owners_of_rest(const struct offline *view, const struct interval_set *wanted,
			  const struct owner_sink *sink, const struct progress *progress, struct error *err)
{
	struct first_pass pass = {.sink = sink};
	struct owner_sink first = {.owner = first_owner, .gap = first_gap, .arg = &pass};
	int rc;

	if (!view->use_rmapbt)
		return owners_by_scan(view->fs, view->pool, wanted, sink, progress, err);
	rc = owners_by_rmap(view->fs, wanted, &first, err);
	interval_settle(&pass.gaps);
	if (rc == 0 && pass.gaps.count > 0)
		rc = owners_by_scan(view->fs, view->pool, &pass.gaps, sink, progress, err);
	interval_fini(&pass.gaps);
	return rc;
}

/*
 * Headers and journal lie where the geometry says: no tree is needed to know them, and the trees of a group whose
 * header is bad could not be read.
 */
static int owners(void *self, const struct interval_set *wanted, const struct owner_sink *sink,
		  const struct progress *progress, struct error *err)
{
	const struct offline *view = self;
	struct interval_set rest = {0};
	int rc = owners_by_geometry(&view->fs->geo, wanted, sink, &rest, err);

	if (rc == 0)
		rc = owners_of_rest(view, &rest, sink, progress, err);
	interval_fini(&rest);
	return rc;
}

static int file(void *self, uint64_t ino, struct file_info *out, struct error *err)
{
	const struct offline *view = self;
	struct inode inode;
	int rc = inode_read(view->fs, ino, &inode, err);

	if (rc != 0)
		return rc;
	*out = (struct file_info){.ino = ino,
				  .allocated = inode.mode != 0,
				  .mode = inode.mode,
				  .gen = inode.gen,
				  .nlink = inode.nlink,
				  .size_bytes = inode.size_bytes};
	return 0;
}

static int paths(void *self, const uint64_t *inos, size_t count, bool one_path, const struct path_sink *sink,
		 const struct progress *progress, struct error *err)
{
	const struct offline *view = self;

	return path_find(view->fs, view->pool, inos, count, one_path, sink, progress, err);
}

static int chunk(void *self, uint64_t ino, uint64_t *first_ino, uint64_t *allocated, uint64_t *present,
		 struct error *err)
{
	const struct offline *view = self;
	struct chunk found;
	int rc = chunk_find(view->fs, ino, &found, err);

	if (rc != 1)
		return rc;
	*first_ino = geometry_ino_join(&view->fs->geo, found.agno, found.first_agino);
	*allocated = found.allocated;
	*present = found.present;
	return 1;
}

static int structure(void *self, struct agaddr at, enum tree_structure *out, struct error *err)
{
	struct offline *view = self;
	int rc;

	if (!view->has_map || view->map_agno != at.agno) {
		if (view->has_map)
			tree_map_fini(&view->map);
		view->has_map = false;
		rc = tree_map_build(view->fs, at.agno, &view->map, err);
		if (rc != 0)
			return rc;
		view->has_map = true;
		view->map_agno = at.agno;
	}
	*out = tree_map_find(&view->map, at.agbno);
	return 0;
}

static void close_view(void *self)
{
	struct offline *view = self;

	if (view->has_map)
		tree_map_fini(&view->map);
	free(view);
}

static const struct view_ops offline_ops = {
	.owners = owners,
	.file = file,
	.paths = paths,
	.chunk = chunk,
	.structure = structure,
	.close = close_view,
};

static int open_view(const struct fs *fs, struct pool *pool, bool use_rmapbt, struct view *out, struct error *err)
{
	struct offline *view = calloc(1, sizeof(*view));

	if (!view)
		return error_set(err, ERR_NOMEM, "no memory for a view");
	*view = (struct offline){.fs = fs, .pool = pool, .use_rmapbt = use_rmapbt};
	*out = (struct view){.ops = &offline_ops,
			     .self = view,
			     .geo = fs->geo,
			     .owners_from = use_rmapbt ? "rmapbt" : "forks",
			     .slow = !use_rmapbt};
	return 0;
}

int view_offline_open(const struct fs *fs, struct pool *pool, struct view *out, struct error *err)
{
	return open_view(fs, pool, fs->geo.has_rmapbt, out, err);
}

int view_scan_open(const struct fs *fs, struct pool *pool, struct view *out, struct error *err)
{
	return open_view(fs, pool, false, out, err);
}
