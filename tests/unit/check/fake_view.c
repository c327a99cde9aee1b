/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A view that answers from lists. */
#include "unit/check/fake_view.h"

#include <check.h>
#include <string.h>

#include "lib/image_builder.h"

static int owners(void *self, const struct interval_set *wanted, const struct owner_sink *sink,
		  const struct progress *progress, struct error *err)
{
	const struct fake_view *fake = self;
	struct error why = {.code = ERR_CORRUPT, .text = "a gap"};
	int rc = 0;

	(void)progress;
	for (size_t i = 0; i < fake->owner_count && rc == 0; i++)
		rc = owner_give(&fake->owners[i], wanted, sink);
	for (size_t i = 0; i < fake->gap_count && rc == 0; i++)
		rc = sink->gap(sink->arg, fake->gaps[i].start_bytes, fake->gaps[i].end_bytes, &why);
	if (rc == 0 && fake->rc != 0)
		return error_set(err, fake->rc, "told to fail");
	return rc;
}

static int file(void *self, uint64_t ino, struct file_info *out, struct error *err)
{
	const struct fake_view *fake = self;

	for (size_t i = 0; i < fake->file_count; i++) {
		if (fake->files[i].info.ino != ino)
			continue;
		if (fake->files[i].rc != 0)
			return error_set(err, fake->files[i].rc, "inode %llu is told to fail", (unsigned long long)ino);
		*out = fake->files[i].info;
		return 0;
	}
	ck_abort_msg("nobody owns anything as inode %llu", (unsigned long long)ino);
	return ERR_INVALID;
}

static int paths(void *self, const uint64_t *inos, size_t count, bool one_path, const struct path_sink *sink,
		 const struct progress *progress, struct error *err)
{
	struct fake_view *fake = self;
	struct error why = {.code = ERR_CORRUPT, .text = "a bad directory"};
	int rc = 0;

	(void)progress;
	ck_assert_uint_le(count, FAKE_FILES_MAX);
	fake->asked_one_path = one_path;
	fake->path_ino_count = count;
	for (size_t i = 0; i < count && rc == 0; i++) {
		fake->path_inos[i] = inos[i];
		for (size_t k = 0; k < fake->path_count && rc == 0; k++)
			if (fake->paths[k].ino == inos[i])
				rc = sink->path(sink->arg, inos[i], fake->paths[k].path, strlen(fake->paths[k].path),
						true, 0);
	}
	for (size_t i = 0; i < fake->path_gaps && rc == 0; i++)
		rc = sink->gap(sink->arg, 7, &why);
	if (rc == 0 && fake->rc != 0)
		return error_set(err, fake->rc, "told to fail");
	return rc;
}

static int chunk(void *self, uint64_t ino, uint64_t *first_ino, uint64_t *allocated, uint64_t *present,
		 struct error *err)
{
	const struct fake_view *fake = self;

	if (fake->chunk_rc != 0)
		return error_set(err, fake->chunk_rc, "told to fail");
	if (fake->chunk_present == 0 || ino < fake->chunk_first || ino - fake->chunk_first >= 64)
		return 0;
	*first_ino = fake->chunk_first;
	*allocated = fake->chunk_allocated;
	*present = fake->chunk_present;
	return 1;
}

static int structure(void *self, struct agaddr at, enum tree_structure *out, struct error *err)
{
	const struct fake_view *fake = self;

	(void)err;
	*out = at.agno == 0 && at.agbno < 8 ? fake->structures[at.agbno] : STRUCTURE_UNKNOWN;
	return 0;
}

void fake_init(struct fake_view *fake)
{
	struct image image;
	struct error err;

	*fake = (struct fake_view){
		.ops = {.owners = owners, .file = file, .paths = paths, .chunk = chunk, .structure = structure}};
	fake->view = (struct view){.ops = &fake->ops, .self = fake, .owners_from = "lists"};
	image_init(&image, &(struct image_options){0});
	ck_assert_msg(geometry_from_sb(image_sb(&image, 0), &fake->view.geo, &err) == 0, "%s", err.text);
	image_fini(&image);
}

struct owner *fake_own(struct fake_view *fake, enum owner_kind kind, uint64_t start_bytes, uint64_t end_bytes)
{
	struct owner *owner = &fake->owners[fake->owner_count++];

	ck_assert_uint_le(fake->owner_count, FAKE_OWNERS_MAX);
	*owner = (struct owner){.kind = kind, .start_bytes = start_bytes, .end_bytes = end_bytes};
	return owner;
}

struct owner *fake_own_file(struct fake_view *fake, uint64_t ino, uint64_t start_bytes, uint64_t end_bytes,
			    uint64_t offset_bytes)
{
	struct owner *owner = fake_own(fake, OWNER_FILE, start_bytes, end_bytes);

	owner->ino = ino;
	owner->offset_bytes = offset_bytes;
	return owner;
}

struct file_info *fake_file(struct fake_view *fake, uint64_t ino, uint32_t mode, uint64_t size_bytes)
{
	struct file_info *info = &fake->files[fake->file_count++].info;

	ck_assert_uint_le(fake->file_count, FAKE_FILES_MAX);
	*info = (struct file_info){
		.ino = ino, .allocated = true, .mode = (uint16_t)mode, .gen = 1, .nlink = 1, .size_bytes = size_bytes};
	return info;
}
