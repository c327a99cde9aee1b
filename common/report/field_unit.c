/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Units of fields, looked up by the name of the field. */
#include "report/field_unit.h"

#include <inttypes.h>
#include <string.h>

#include "format/tables.h"

enum field_unit field_unit_of(const char *name)
{
	enum field_unit unit = UNIT_NONE;
	bool found = false;

	for (size_t i = 0; name && all_field_tables[i]; i++) {
		const struct field *field = field_find(all_field_tables[i], name);

		if (!field)
			continue;
		if (found && field->unit != unit)
			return UNIT_NONE;
		found = true;
		unit = field->unit;
	}
	return unit;
}

const char *field_unit_name(enum field_unit unit)
{
	switch (unit) {
	case UNIT_NONE:
	case UNIT_PAD:
		return NULL;
	case UNIT_MAGIC:
		return "magic";
	case UNIT_FLAGS:
		return "flags";
	case UNIT_BYTES:
		return "bytes";
	case UNIT_SECTORS:
		return "sectors";
	case UNIT_DADDR:
		return "sector_address";
	case UNIT_BLOCKS:
		return "blocks";
	case UNIT_FSBLOCK:
		return "packed_block_address";
	case UNIT_AGBLOCK:
		return "group_block_address";
	case UNIT_AGNO:
		return "allocation_group";
	case UNIT_INO:
		return "inode";
	case UNIT_AGINO:
		return "group_inode";
	case UNIT_FILEOFF:
		return "file_block_address";
	case UNIT_DABLOCK:
		return "fork_block_address";
	case UNIT_LOG2:
		return "log2";
	case UNIT_LSN:
		return "log_sequence_number";
	case UNIT_CRC:
		return "checksum";
	case UNIT_MODE:
		return "mode";
	}
	return NULL;
}

void field_unit_print(FILE *out, enum field_unit unit, uint64_t value)
{
	const char *plural = value == 1 ? "" : "s";

	switch (unit) {
	case UNIT_MAGIC:
	case UNIT_FLAGS:
	case UNIT_CRC:
		fprintf(out, "%#" PRIx64, value);
		return;
	case UNIT_MODE:
		fprintf(out, "%#" PRIo64, value);
		return;
	case UNIT_BYTES:
		fprintf(out, "%" PRIu64 " byte%s", value, plural);
		return;
	case UNIT_SECTORS:
		fprintf(out, "%" PRIu64 " sector%s", value, plural);
		return;
	case UNIT_BLOCKS:
		fprintf(out, "%" PRIu64 " block%s", value, plural);
		return;
	case UNIT_LSN: /* cycle and block of the journal */
		fprintf(out, "%" PRIu64 ":%" PRIu64, value >> 32, value & UINT32_MAX);
		return;
	case UNIT_NONE:
	case UNIT_PAD:
	case UNIT_DADDR:
	case UNIT_FSBLOCK:
	case UNIT_AGBLOCK:
	case UNIT_AGNO:
	case UNIT_INO:
	case UNIT_AGINO:
	case UNIT_FILEOFF:
	case UNIT_DABLOCK:
	case UNIT_LOG2:
		break;
	}
	fprintf(out, "%" PRIu64, value);
}
