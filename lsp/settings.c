// settings.c: reads and checks what the table of settings (settings.def) names.
#include "settings.h"

#include <stddef.h>
#include <stdlib.h>

typedef enum SettingType { SETTING_BOOL, SETTING_TEXT, SETTING_CHOICE } SettingType;
typedef struct Setting {
  const char *name;
  SettingType type;
  size_t at, room;      // in Settings
  const char *fallback; // "true", "false" or text
  const char *const *choices;
  bool verdicts; // changing it needs a new analysis
} Setting;

#define FIELD(field) offsetof(Settings, field), sizeof(((Settings *)0)->field)
#define FLAG(name, field, fallback, what) {name, SETTING_BOOL, FIELD(field), #fallback, NULL, false},
#define TEXT(name, field, verdicts, what) {name, SETTING_TEXT, FIELD(field), "", NULL, verdicts},
#define CHOICE(name, field, fallback, what, ...)                                                                       \
  {name, SETTING_CHOICE, FIELD(field), fallback, (const char *const[]){__VA_ARGS__, NULL}, false},
#define KIND(code, cause, what) {"kinds." code, SETTING_BOOL, FIELD(kinds[cause]), "true", NULL, false},
#define TEAM(names)
static const Setting table[] = {
#include "settings.def"
};
#undef FLAG
#undef TEXT
#undef CHOICE
#undef KIND
#undef TEAM
#define FLAG(...)
#define TEXT(...)
#define CHOICE(...)
#define KIND(...)
#define TEAM(names) names,
static const char *const shared[] = {
#include "settings.def"
};

// Which of the choices; -1: none.
static int chosen(const Setting *s, const char *value) {
  for (int i = 0; s->choices[i]; i++) {
    if (strcmp(s->choices[i], value) == 0) return i;
  }
  return -1;
}

static void store(Settings *settings, const Setting *s, const char *value) {
  char *at = (char *)settings + s->at;
  if (s->type == SETTING_TEXT)
    snprintf(at, s->room, "%s", value);
  else if (s->type == SETTING_BOOL)
    *(bool *)(void *)at = strcmp(value, "true") == 0;
  else if (s->room == sizeof(bool))
    *(bool *)(void *)at = chosen(s, value) != 0;
  else
    *(unsigned *)(void *)at = (unsigned)chosen(s, value); // an enum
}

void settings_default(Settings *settings) {
  memset(settings, 0, sizeof *settings);
  settings->kinds[CAUSE_NONE] = true;
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) store(settings, &table[i], table[i].fallback);
}

// "a.b" as a key, or as b in the object a.
static const json_t *value_of(const json_t *object, const char *name) {
  const json_t *value = json_object_get(object, name);
  const char *dot = strchr(name, '.');
  if (value || !dot) return value;
  char first[64];
  snprintf(first, sizeof first, "%.*s", (int)(dot - name), name);
  return json_object_get(json_object_get(object, first), dot + 1);
}

bool settings_any(const json_t *object) {
  for (size_t i = 0; json_is_object(object) && i < sizeof table / sizeof *table; i++)
    if (value_of(object, table[i].name)) return true;
  return false;
}

static void complain(Buf *problems, const Setting *s, const json_t *value) {
  char *found = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
  buf_printf(problems, "heapls.%s is %.80s, which is not ", s->name, found ? found : "?");
  free(found);
  if (s->type == SETTING_BOOL)
    buf_puts(problems, "true or false");
  else if (s->type == SETTING_TEXT)
    buf_puts(problems, "a text that fits");
  else {
    buf_puts(problems, "one of ");
    for (int i = 0; s->choices[i]; i++) buf_printf(problems, "%s%s", i ? ", " : "", s->choices[i]);
  }
  buf_printf(problems, "; the default is used: %s\n", *s->fallback ? s->fallback : "empty");
}

// The value is for the setting; problems may be NULL.
static void take(Settings *settings, const Setting *s, const json_t *value, Buf *problems) {
  bool fits = s->type == SETTING_BOOL ? json_is_boolean(value) : json_is_string(value);
  if (fits && s->type == SETTING_CHOICE) fits = chosen(s, json_string_value(value)) >= 0;
  if (fits && s->type == SETTING_TEXT) fits = json_string_length(value) < s->room;
  if (fits)
    store(settings, s, s->type == SETTING_BOOL ? (json_is_true(value) ? "true" : "false") : json_string_value(value));
  else if (problems)
    complain(problems, s, value);
}

bool settings_is_shared(const char *name) {
  bool known = false;
  for (size_t i = 0; i < sizeof table / sizeof *table && !known; i++) known = strcmp(table[i].name, name) == 0;
  for (size_t i = 0; i < sizeof shared / sizeof *shared && known; i++) {
    size_t n = strlen(shared[i]);
    if (shared[i][n - 1] == '.' ? strncmp(name, shared[i], n) == 0 : strcmp(name, shared[i]) == 0) return true;
  }
  return false;
}

bool settings_has(const json_t *object, const char *name) { return value_of(object, name) != NULL; }

void settings_overlay(Settings *settings, const json_t *object, Buf *problems) {
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    const json_t *value = value_of(object, table[i].name);
    if (value && settings_is_shared(table[i].name)) take(settings, &table[i], value, problems);
  }
}

void settings_read(Settings *settings, const json_t *object, Buf *problems) {
  settings_default(settings);
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    const json_t *value = json_is_object(object) ? value_of(object, table[i].name) : NULL;
    if (value && !json_is_null(value)) take(settings, &table[i], value, problems);
  }
}

bool settings_agree(const Settings *a, const Settings *b) {
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    const Setting *s = &table[i];
    if (s->verdicts && strcmp((const char *)a + s->at, (const char *)b + s->at) != 0) return false;
  }
  return true;
}
