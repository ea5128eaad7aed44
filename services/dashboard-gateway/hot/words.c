#include "dashboard-gateway/hot/words.h"

#include "base/check.h"
#include "base/map.h"

#include <stdlib.h>

struct word {
	uint32_t taken, len;
	char text[];
};

struct gateway_words {
	struct hub_map *map; /* text to struct word */
};

struct gateway_words *gateway_words_new(void)
{
	struct gateway_words *words = calloc(1, sizeof(*words));
	hub_check(words != NULL);
	words->map = hub_map_new();
	return words;
}

void gateway_words_free(struct gateway_words *words)
{
	struct hub_str text;
	void *word;
	if (!words)
		return;
	for (size_t at = 0; hub_map_next(words->map, &at, &text, &word);)
		free(word);
	hub_map_free(words->map);
	free(words);
}

static struct word *add(struct gateway_words *words, struct hub_str text)
{
	struct word *word = malloc(sizeof(*word) + text.len);
	hub_check(word != NULL);
	*word = (struct word){ .len = text.len };
	memcpy(word->text, text.data, text.len);
	(void)hub_map_put(words->map, (struct hub_str){ word->text, word->len }, word);
	return word;
}

struct hub_str gateway_words_take(struct gateway_words *words, struct hub_str text)
{
	if (text.len == 0)
		return (struct hub_str){ NULL, 0 };
	struct word *word = hub_map_get(words->map, text);
	if (!word)
		word = add(words, text);
	word->taken++;
	return (struct hub_str){ word->text, word->len };
}

void gateway_words_drop(struct gateway_words *words, struct hub_str text)
{
	if (text.len == 0)
		return;
	struct word *word = hub_map_get(words->map, text);
	hub_check(word != NULL && word->text == text.data);
	if (--word->taken > 0)
		return;
	(void)hub_map_remove(words->map, text);
	free(word);
}

size_t gateway_words_count(const struct gateway_words *words)
{
	return hub_map_count(words->map);
}
