/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Completion: names of commands first, then what the command's words are. */
#include "complete.h"

#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "place.h"

/* Adds @word if it begins like what was typed. */
static int offer(struct completion *out, const char *typed, const char *word)
{
	char **words;

	if (strncmp(word, typed, out->typed) != 0)
		return 0;
	words = realloc(out->words, (out->count + 1) * sizeof(*words));
	if (!words)
		return ERR_NOMEM;
	out->words = words;
	words[out->count] = strdup(word);
	if (!words[out->count])
		return ERR_NOMEM;
	out->count++;
	return 0;
}

static int offer_commands(struct completion *out, const char *typed)
{
	int rc = 0;

	for (const struct command *const *command = commands; *command && rc == 0; command++)
		rc = offer(out, typed, (*command)->name);
	return rc;
}

static int offer_types(struct completion *out, const char *typed)
{
	int rc = 0;

	for (const struct type *type = types; type->name && rc == 0; type++)
		rc = offer(out, typed, type->name);
	return rc;
}

struct field_offer {
	struct completion *out;
	const char *typed;
};

static int offer_field(void *arg, const char *whole)
{
	const struct field_offer *to = arg;

	return offer(to->out, to->typed, whole);
}

/* Fields of the structure at hand. */
static int offer_fields(const struct session *session, struct completion *out, const char *typed)
{
	const struct type *type = session->now.place.type;
	struct field_offer to = {out, typed};
	struct layout_source source;

	if (!type || !type->layout)
		return 0;
	source = place_source(session);
	return layout_path_complete(type->layout, &source, typed, offer_field, &to);
}

/* What a word of the command can be: an option that begins with "-", or what its words are. */
static int offer_words(const struct session *session, const struct command *command, struct completion *out,
		       const char *typed)
{
	if (command->takes_json && typed[0] == '-')
		return offer(out, typed, "--json");
	switch (command->words) {
	case WORDS_COMMANDS:
		return offer_commands(out, typed);
	case WORDS_TYPES:
		return offer_types(out, typed);
	case WORDS_FIELDS:
		return offer_fields(session, out, typed);
	case WORDS_NONE:
		break;
	}
	return 0;
}

/* The command that the line names, if a word comes after it. */
static const struct command *named_command(const char *line)
{
	size_t blanks = strspn(line, " \t"), len = strcspn(line + blanks, " \t");
	char *name = strndup(line + blanks, len);
	const struct command *command = name ? command_find(name) : NULL;

	free(name);
	return command;
}

static int by_text(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

int complete(const struct session *session, const char *line, struct completion *out)
{
	const char *typed = line + strlen(line);
	int rc = 0;

	while (typed > line && !strchr(" \t", typed[-1]))
		typed--;
	out->typed = strlen(typed);
	if (strspn(line, " \t") == (size_t)(typed - line)) {
		rc = offer_commands(out, typed);
	} else {
		const struct command *command = named_command(line);

		if (command)
			rc = offer_words(session, command, out, typed);
	}
	if (out->count > 1)
		qsort(out->words, out->count, sizeof(*out->words), by_text);
	return rc;
}

char *complete_common(const struct completion *found)
{
	const char *first = found->words[0];
	size_t len = strlen(first);
	char *add;

	for (size_t i = 1; i < found->count; i++) {
		size_t same = 0;

		while (same < len && found->words[i][same] == first[same])
			same++;
		len = same;
	}
	add = calloc(1, len - found->typed + 2);
	if (!add)
		return NULL;
	memcpy(add, first + found->typed, len - found->typed);
	if (found->count == 1)
		strcat(add, " ");
	return add;
}

void completion_fini(struct completion *completion)
{
	for (size_t i = 0; i < completion->count; i++)
		free(completion->words[i]);
	free(completion->words);
}
