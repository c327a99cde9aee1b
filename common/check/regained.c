/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "check/regained.h"

#include <stdlib.h>

void regained_fini(struct checker *checker)
{
	for (size_t i = 0; checker->regained && i < checker->tables.gapped_count; i++) {
		struct regained *regained = &checker->regained[i];

		for (int kind = FORK_DATA; kind <= FORK_ATTR; kind++) {
			free(regained->forks[kind].ranges);
			free(regained->forks[kind].extents);
		}
		free(regained->tree_blocks);
	}
	free(checker->regained);
}

const struct regained *regained_of(const struct checker *checker, uint64_t ino)
{
	const struct unit_tables *tables = &checker->tables;
	size_t i = checker->regained ? tables_find(tables->gapped_inodes, tables->gapped_count, ino)
				     : tables->gapped_count;

	return i < tables->gapped_count && checker->regained[i].whole ? &checker->regained[i] : NULL;
}

void regained_attach(const struct checker *checker, struct inode *inode)
{
	const struct regained *regained = regained_of(checker, inode->ino);

	inode->substitutes = regained ? regained->forks : NULL;
}

int regained_read(const struct checker *checker, uint64_t ino, struct inode *out, struct error *err)
{
	int rc = inode_read(checker->fs, ino, out, err);

	if (rc == 0)
		regained_attach(checker, out);
	return rc;
}
