/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A fuzz target: the complete check over a whole small image that the input edits.
 *
 * The input is a list of edits: which structure, which instance of it, where in it, how many bytes, the bytes. They are
 * made in a sound image (FUZZ_IMAGE), the checksums of what was edited are made right again, and the check runs. It
 * must end, with findings or without, and without an error that blames memory or the system. Then the image is put
 * right.
 *
 * With configure --enable-fuzzer (clang) the engine is libFuzzer; otherwise fuzz_main.c feeds in files and random
 * bytes.
 */
#include "fuzz/fuzz_fsck.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/fsck.h"
#include "lib/memory_image.h"
#include "lib/structures.h"

#define EDITS_MAX 48u

struct edit {
	uint8_t kind;
	be16 instance;
	be16 offset;
	uint8_t len;
};
_Static_assert(sizeof(struct edit) == 6, "an edit");

static struct {
	struct memory_image image;
	struct structures structures;
	enum structure_kind kinds[STRUCT_KINDS]; /* that the image has */
	unsigned kind_count;
	struct pool *pool;
} target;

static struct undo {
	const struct structure *instance;
	uint8_t *bytes;
} undos[EDITS_MAX];

static _Noreturn void die(const char *what, const char *why)
{
	fprintf(stderr, "fuzz_fsck: %s: %s\n", what, why);
	abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *path = getenv("FUZZ_IMAGE");
	struct device *device;
	struct error err;
	struct fs *fs;

	(void)argc;
	(void)argv;
	if (!path)
		die("FUZZ_IMAGE", "is not set");
	memory_image_copy(path, &target.image);
	if (device_open(path, 0, &device, &err) != 0 || fs_open(device, &fs, &err) != 0 ||
	    pool_open(1, &target.pool, &err) != 0)
		die(path, err.text);
	structures_find(fs, &target.structures);
	for (int kind = 0; kind < STRUCT_KINDS; kind++)
		if (target.structures.of[kind].count > 0)
			target.kinds[target.kind_count++] = (enum structure_kind)kind;
	fs_close(fs);
	device_close(device);
	return 0;
}

/* Makes one edit; how many bytes of the input it took, 0: it is not whole. */
static size_t make_edit(const uint8_t *data, size_t size, struct undo *undo)
{
	const struct structure_list *list;
	enum structure_kind kind;
	struct edit edit;
	uint8_t *bytes;
	size_t at, len;

	if (size < sizeof(edit))
		return 0;
	memcpy(&edit, data, sizeof(edit));
	kind = target.kinds[edit.kind % target.kind_count];
	list = &target.structures.of[kind];
	undo->instance = &list->items[be16_get(edit.instance) % list->count];
	bytes = target.image.bytes + undo->instance->offset_bytes;
	undo->bytes = malloc(undo->instance->len);
	if (!undo->bytes)
		die("an edit", "no memory");
	memcpy(undo->bytes, bytes, undo->instance->len);
	at = be16_get(edit.offset) % undo->instance->len;
	len = edit.len % 33;
	if (len > size - sizeof(edit))
		len = size - sizeof(edit);
	if (len > undo->instance->len - at)
		len = undo->instance->len - at;
	memcpy(bytes + at, data + sizeof(edit), len);
	structure_seal(kind, undo->instance, bytes);
	return sizeof(edit) + len;
}

static void check(const struct fs *fs)
{
	struct fsck_options options = {0};
	struct fsck_result result = {0};
	struct error err;

	for (size_t i = 0; i < sizeof(options.secret.bytes); i++)
		options.secret.bytes[i] = (uint8_t)(i * 89 + 7);
	if (fsck_run(fs, target.pool, &options, &result, &err) != 0)
		die("the check could not be done", err.text);
	for (size_t i = 0; i < result.findings.count; i++)
		if (result.findings.items[i].code >= FINDING_CODES)
			die("a finding", "without a code");
	fsck_result_fini(&result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct device *device;
	struct fs *fs = NULL;
	unsigned edits = 0;
	struct error err;
	size_t took;

	while (edits < EDITS_MAX && (took = make_edit(data, size, &undos[edits])) > 0) {
		data += took;
		size -= took;
		edits++;
	}
	if (device_open(target.image.path, 0, &device, &err) != 0)
		die(target.image.path, err.text);
	if (fs_open(device, &fs, &err) == 0)
		check(fs);
	else if (err.text[0] == '\0' || err.code == ERR_NOMEM || err.code == ERR_IO)
		die("opening failed", err.text);
	fs_close(fs);
	device_close(device);
	while (edits-- > 0) {
		struct undo *undo = &undos[edits];

		memcpy(target.image.bytes + undo->instance->offset_bytes, undo->bytes, undo->instance->len);
		free(undo->bytes);
	}
	return 0;
}
