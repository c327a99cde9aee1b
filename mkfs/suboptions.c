/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of suboptions. */
#include "suboptions.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <uuid/uuid.h>

#include "value.h"

enum kind {
	KIND_NUMBER,	  /* with units, into a struct newfs_number */
	KIND_SECTORS,	  /* the same in units of 512 bytes, into one of bytes */
	KIND_SWITCH,	  /* 0 or 1, alone means 1; into an enum newfs_switch */
	KIND_ONLY_ON,	  /* can only be on in XFS version 5 */
	KIND_ONLY_OFF,	  /* can only be off: not done here */
	KIND_VERSION,	  /* can only be 2 */
	KIND_NAMING,	  /* 2, or ci, which the planner refuses */
	KIND_PER_BLOCK,	  /* inodes in a block */
	KIND_NO_ALIGN,
	KIND_FILE,
	KIND_NAME,
	KIND_UUID,
	KIND_NO_EFFECT,	  /* a number that says nothing without a realtime device */
	KIND_UNSUPPORTED, /* known from mkfs.xfs */
};

struct suboption {
	char letter;
	const char *name;
	enum kind kind;
	size_t offset; /* in struct newfs_options */
	const char *reason; /* of refusing it */
};

#define AT(member) offsetof(struct newfs_options, member)
#define REALTIME   "realtime devices are not supported"

/* clang-format off */
static const struct suboption table[] = {
	/* First, as they are the units of the others. */
	{'b', "size",	      KIND_NUMBER,	AT(block_bytes),	 NULL},
	{'s', "size",	      KIND_NUMBER,	AT(sector_bytes),	 NULL},
	{'s', "sectsize",     KIND_NUMBER,	AT(sector_bytes),	 NULL},
	{'d', "sectsize",     KIND_NUMBER,	AT(sector_bytes),	 NULL},
	{'l', "sectsize",     KIND_NUMBER,	AT(sector_bytes),	 NULL},
	{'d', "agcount",      KIND_NUMBER,	AT(ag_count),		 NULL},
	{'d', "agsize",	      KIND_NUMBER,	AT(ag_bytes),		 NULL},
	{'d', "size",	      KIND_NUMBER,	AT(data_bytes),		 NULL},
	{'d', "su",	      KIND_NUMBER,	AT(stripe_unit_bytes),	 NULL},
	{'d', "sw",	      KIND_NUMBER,	AT(stripe_units),	 NULL},
	{'d', "sunit",	      KIND_SECTORS,	AT(stripe_unit_bytes),	 NULL},
	{'d', "swidth",	      KIND_SECTORS,	AT(stripe_width_bytes),	 NULL},
	{'d', "noalign",      KIND_NO_ALIGN,	0,			 NULL},
	{'d', "file",	      KIND_FILE,	0,			 NULL},
	{'d', "name",	      KIND_NAME,	0,			 NULL},
	{'d', "extszinherit", KIND_NUMBER,	AT(extszinherit_blocks), NULL},
	{'d', "cowextsize",   KIND_NUMBER,	AT(cowextsize_blocks),	 NULL},
	{'d', "daxinherit",   KIND_SWITCH,	AT(dax_inherit),	 NULL},
	{'d', "projinherit",  KIND_UNSUPPORTED, 0, "project quota of new files is not supported; set it with xfs_quota"},
	{'d', "rtinherit",    KIND_ONLY_OFF,	0, REALTIME},
	{'i', "size",	      KIND_NUMBER,	AT(inode_bytes),	 NULL},
	{'i', "perblock",     KIND_PER_BLOCK,	AT(inode_bytes),	 NULL},
	{'i', "maxpct",	      KIND_NUMBER,	AT(max_inode_percent),	 NULL},
	{'i', "align",	      KIND_SWITCH,	AT(inode_align),	 NULL},
	{'i', "sparse",	      KIND_SWITCH,	AT(sparse_inodes),	 NULL},
	{'i', "nrext64",      KIND_SWITCH,	AT(nrext64),		 NULL},
	{'i', "exchange",     KIND_SWITCH,	AT(exchange),		 NULL},
	{'i', "attr",	      KIND_VERSION,	0, "attributes are always of version 2 in XFS version 5"},
	{'i', "projid32bit",  KIND_ONLY_ON,	0, "project numbers always have 32 bits in XFS version 5"},
	{'l', "internal",     KIND_ONLY_ON,	0, "external logs are not supported"},
	{'l', "logdev",	      KIND_UNSUPPORTED, 0, "external logs are not supported"},
	{'l', "size",	      KIND_NUMBER,	AT(log_bytes),		 NULL},
	{'l', "agnum",	      KIND_NUMBER,	AT(log_ag),		 NULL},
	{'l', "su",	      KIND_NUMBER,	AT(log_unit_bytes),	 NULL},
	{'l', "sunit",	      KIND_SECTORS,	AT(log_unit_bytes),	 NULL},
	{'l', "version",      KIND_VERSION,	0, "logs are always of version 2 in XFS version 5"},
	{'l', "lazy-count",   KIND_SWITCH,	AT(lazy_count),		 NULL},
	/* The files that xfsprogs 6.1 installs have it here, where its own mkfs.xfs does not know it. */
	{'m', "nrext64",      KIND_SWITCH,	AT(nrext64),		 NULL},
	{'m', "crc",	      KIND_ONLY_ON,	0, "XFS version 4 (without checksums) is not supported"},
	{'m', "finobt",	      KIND_SWITCH,	AT(finobt),		 NULL},
	{'m', "rmapbt",	      KIND_SWITCH,	AT(rmapbt),		 NULL},
	{'m', "reflink",      KIND_SWITCH,	AT(reflink),		 NULL},
	{'m', "inobtcount",   KIND_SWITCH,	AT(inobtcount),		 NULL},
	{'m', "bigtime",      KIND_SWITCH,	AT(bigtime),		 NULL},
	{'m', "uuid",	      KIND_UUID,	0,			 NULL},
	{'m', "metadir",      KIND_ONLY_OFF,	0, "the metadata directory (metadir) is not supported"},
	{'n', "size",	      KIND_NUMBER,	AT(dirblock_bytes),	 NULL},
	{'n', "version",      KIND_NAMING,	AT(ascii_ci),		 NULL},
	{'n', "ftype",	      KIND_ONLY_ON,	0, "directories always have file types in XFS version 5"},
	{'n', "parent",	      KIND_SWITCH,	AT(parent),		 NULL},
	/* In the file for DAX that xfsprogs installs. */
	{'r', "extsize",      KIND_NO_EFFECT,	0,			 NULL},
	{'r', "rtdev",	      KIND_UNSUPPORTED, 0, REALTIME},
	{'r', "size",	      KIND_UNSUPPORTED, 0, REALTIME},
	{'r', "noalign",      KIND_UNSUPPORTED, 0, REALTIME},
};
/* clang-format on */
#define SUBOPTIONS (sizeof(table) / sizeof(table[0]))

static const struct {
	char letter;
	const char *name;
} sections[] = {
	{'b', "block"}, {'d', "data"},	 {'i', "inode"},  {'l', "log"},
	{'m', "metadata"}, {'n', "naming"}, {'r', "realtime"}, {'s', "sector"},
};

struct suboptions {
	char *values[SUBOPTIONS]; /* NULL: not given; "": given alone */
};

struct suboptions *suboptions_new(void)
{
	return calloc(1, sizeof(struct suboptions));
}

void suboptions_free(struct suboptions *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < SUBOPTIONS; i++)
		free(set->values[i]);
	free(set);
}

/* ------------------------------------------------------------------ collecting */

static int add(struct suboptions *set, char letter, const char *name, size_t name_len, const char *value,
	       size_t value_len, struct error *err)
{
	for (size_t i = 0; i < SUBOPTIONS; i++) {
		if (table[i].letter != letter || strlen(table[i].name) != name_len ||
		    memcmp(table[i].name, name, name_len) != 0)
			continue;
		if (set->values[i])
			return error_set(err, ERR_INVALID, "-%c %s is given twice", letter, table[i].name);
		if (value && value_len == 0)
			return error_set(err, ERR_INVALID, "-%c %s has an empty value", letter, table[i].name);
		set->values[i] = strndup(value ? value : "", value_len);
		return set->values[i] ? 0 : error_set(err, ERR_NOMEM, "no memory for the options");
	}
	return error_set(err, ERR_INVALID, "there is no option -%c %.*s", letter,
			 (int)(name_len < 40 ? name_len : 40), name);
}

int suboptions_add_list(struct suboptions *set, char letter, const char *list, struct error *err)
{
	int rc = 0;

	if (!list[0])
		return error_set(err, ERR_INVALID, "-%c has nothing behind it", letter);
	for (const char *at = list; rc == 0 && at;) {
		size_t len = strcspn(at, ","), name_len = strcspn(at, "=,");
		const char *value = name_len < len ? at + name_len + 1 : NULL;

		rc = add(set, letter, at, name_len, value, value ? len - name_len - 1 : 0, err);
		at = at[len] ? at + len + 1 : NULL;
	}
	return rc;
}

int suboptions_add(struct suboptions *set, const char *section, const char *name, const char *value,
		   struct error *err)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		if (strcmp(section, sections[i].name) == 0)
			return add(set, sections[i].letter, name, strlen(name), value, strlen(value), err);
	return error_set(err, ERR_INVALID, "there is no section [%.40s]", section);
}

/* ------------------------------------------------------------------ reading */

static int bad_value(const struct suboption *option, const char *value, const char *wanted, struct error *err)
{
	return error_set(err, ERR_INVALID, "-%c %s wants %s, not '%.40s'", option->letter, option->name, wanted, value);
}

static int number(const struct suboption *option, const char *value, const struct value_units *units, uint64_t *out,
		  struct error *err)
{
	if (value_parse(value, units, out) != 0)
		return bad_value(option, value, "a number, such as 4096 or 64k", err);
	return 0;
}

/* A number that two options can set is set once. */
static int set_number(const struct suboption *option, struct newfs_options *newfs, uint64_t value, struct error *err)
{
	struct newfs_number *to = (struct newfs_number *)(void *)((char *)newfs + option->offset);

	if (to->given)
		return error_set(err, ERR_INVALID, "-%c %s repeats what another option says", option->letter,
				 option->name);
	*to = (struct newfs_number){true, value};
	return 0;
}

/* 0 or 1; alone it is 1. */
static int truth(const struct suboption *option, const char *value, bool *out, struct error *err)
{
	if (value[0] && strcmp(value, "0") != 0 && strcmp(value, "1") != 0)
		return bad_value(option, value, "0 or 1", err);
	*out = strcmp(value, "0") != 0;
	return 0;
}

/* A switch that can be in one position only. */
static int fixed(const struct suboption *option, const char *value, bool can_be, struct error *err)
{
	bool on = false;
	int rc = truth(option, value, &on, err);

	if (rc == 0 && on != can_be)
		rc = error_set(err, ERR_UNSUPPORTED, "-%c %s=%d: %s", option->letter, option->name, on, option->reason);
	return rc;
}

static int naming(const struct suboption *option, const char *value, struct newfs_options *newfs, struct error *err)
{
	if (strcmp(value, "ci") != 0 && strcmp(value, "2") != 0)
		return bad_value(option, value, "2", err);
	newfs->ascii_ci = strcmp(value, "ci") == 0 ? NEWFS_ON : NEWFS_OFF;
	return 0;
}

static int take_number(const struct suboption *option, const char *value, const struct value_units *units,
		       struct newfs_options *newfs, struct error *err)
{
	uint64_t parsed = 0;
	int rc = number(option, value, units, &parsed, err);

	if (rc == 0 && option->kind == KIND_SECTORS) {
		if (parsed > INT64_MAX / 512)
			return bad_value(option, value, "a number of 512-byte sectors", err);
		parsed *= 512;
	}
	if (rc == 0 && option->kind == KIND_PER_BLOCK) {
		if (parsed == 0 || units->block_bytes % parsed != 0)
			return bad_value(option, value, "a power of two", err);
		parsed = units->block_bytes / parsed;
	}
	return rc == 0 ? set_number(option, newfs, parsed, err) : rc;
}

static int take_switch(const struct suboption *option, const char *value, struct newfs_options *newfs,
		       struct error *err)
{
	enum newfs_switch *to = (enum newfs_switch *)(void *)((char *)newfs + option->offset);
	bool on = false;
	int rc = truth(option, value, &on, err);

	if (*to != NEWFS_DEFAULT)
		return error_set(err, ERR_INVALID, "-%c %s repeats what another option says", option->letter,
				 option->name);
	*to = on ? NEWFS_ON : NEWFS_OFF;
	return rc;
}

static int take(const struct suboption *option, const char *value, const struct value_units *units,
		struct options *out, struct error *err)
{
	switch (option->kind) {
	case KIND_NUMBER:
	case KIND_SECTORS:
	case KIND_PER_BLOCK:
		return take_number(option, value, units, &out->newfs, err);
	case KIND_SWITCH:
		return take_switch(option, value, &out->newfs, err);
	case KIND_ONLY_ON:
		return fixed(option, value, true, err);
	case KIND_ONLY_OFF:
		return fixed(option, value, false, err);
	case KIND_VERSION:
		if (strcmp(value, "2") != 0)
			return error_set(err, ERR_UNSUPPORTED, "-%c %s: %s", option->letter, option->name,
					 option->reason);
		return 0;
	case KIND_NAMING:
		return naming(option, value, &out->newfs, err);
	case KIND_NO_ALIGN:
		return truth(option, value, &out->newfs.no_align, err);
	case KIND_FILE:
		return truth(option, value, &out->is_file, err);
	case KIND_NAME:
		if (!value[0])
			return bad_value(option, value, "the name of the device", err);
		out->path = out->name_option = strdup(value);
		return out->path ? 0 : error_set(err, ERR_NOMEM, "no memory for the options");
	case KIND_UUID:
		if (uuid_parse(value, out->newfs.uuid.b) != 0)
			return bad_value(option, value, "a UUID", err);
		out->has_uuid = true;
		return 0;
	case KIND_NO_EFFECT:
		return number(option, value, units, &(uint64_t){0}, err);
	case KIND_UNSUPPORTED:
		return error_set(err, ERR_UNSUPPORTED, "-%c %s: %s", option->letter, option->name, option->reason);
	}
	return 0;
}

static bool given(const struct suboptions *set, char letter, const char *name)
{
	for (size_t i = 0; i < SUBOPTIONS; i++)
		if (table[i].letter == letter && strcmp(table[i].name, name) == 0)
			return set->values[i];
	return false;
}

int suboptions_take(const struct suboptions *set, struct options *out, struct error *err)
{
	struct value_units units = {4096, 512};
	int rc = 0;

	if ((given(set, 'd', "su") || given(set, 'd', "sw")) &&
	    (given(set, 'd', "sunit") || given(set, 'd', "swidth")))
		return error_set(err, ERR_INVALID, "-d su and sw (bytes, units) and sunit and swidth (sectors) "
						   "exclude each other");
	for (size_t i = 0; rc == 0 && i < SUBOPTIONS; i++) {
		if (set->values[i])
			rc = take(&table[i], set->values[i], &units, out, err);
		if (out->newfs.block_bytes.given)
			units.block_bytes = out->newfs.block_bytes.value;
		if (out->newfs.sector_bytes.given)
			units.sector_bytes = out->newfs.sector_bytes.value;
	}
	return rc;
}
