// lsp_write.c: LSP 3.17's structures as text. Absent properties are left out, as in lsp_encode.c.
//
// A value of jansson's takes a dozen allocations for a hint, and a whole file of them megabytes: text takes a tenth of
// the time, and no memory but its own.
#include "lsp_write.h"

#include "lsp_encode.h"
#include <string.h>

// A member with a comma before it unless it is the object's first.
#define MEMBER(self, name) JSON_WRITE(self, ",\"" name "\":")
#define FIRST_MEMBER(self, name) JSON_WRITE(self, "{\"" name "\":")

static void write_string(JsonText *self, const char *text) {
  if (text)
    json_write_text(self, text, strlen(text));
  else
    JSON_WRITE(self, "null");
}

static void write_position(JsonText *self, LspPosition at) {
  FIRST_MEMBER(self, "line");
  json_write_integer(self, at.line);
  MEMBER(self, "character");
  json_write_integer(self, at.character);
  JSON_WRITE(self, "}");
}

static void write_range(JsonText *self, LspRange range) {
  FIRST_MEMBER(self, "start");
  write_position(self, range.start);
  MEMBER(self, "end");
  write_position(self, range.end);
  JSON_WRITE(self, "}");
}

static void write_location(JsonText *self, const LspLocation *location) {
  FIRST_MEMBER(self, "uri");
  write_string(self, location->uri);
  MEMBER(self, "range");
  write_range(self, location->range);
  JSON_WRITE(self, "}");
}

static void write_command(JsonText *self, const LspCommand *command) {
  FIRST_MEMBER(self, "title");
  write_string(self, command->title);
  MEMBER(self, "command");
  write_string(self, command->command);
  if (command->arguments) {
    MEMBER(self, "arguments");
    json_write(self, command->arguments);
  }
  JSON_WRITE(self, "}");
}

static void write_hint_parts(JsonText *self, const LspInlayHint *hint) {
  JSON_WRITE(self, "[");
  for (size_t i = 0; i < hint->part_count; i++) {
    const LspInlayHintPart *part = &hint->parts[i];
    if (i) JSON_WRITE(self, ",");
    FIRST_MEMBER(self, "value");
    write_string(self, part->value);
    if (part->tooltip) {
      MEMBER(self, "tooltip");
      write_string(self, part->tooltip);
    }
    if (part->location) {
      MEMBER(self, "location");
      write_location(self, part->location);
    }
    if (part->command) {
      MEMBER(self, "command");
      write_command(self, part->command);
    }
    JSON_WRITE(self, "}");
  }
  JSON_WRITE(self, "]");
}

static void write_edits(JsonText *self, const LspInlayHint *hint) {
  JSON_WRITE(self, "[");
  for (size_t i = 0; i < hint->edit_count; i++) {
    json_t *edit = encode_text_edit(&hint->edits[i]);
    if (i) JSON_WRITE(self, ",");
    json_write(self, edit);
    json_decref(edit);
  }
  JSON_WRITE(self, "]");
}

void write_inlay_hint(JsonText *self, const LspInlayHint *hint) {
  FIRST_MEMBER(self, "position");
  write_position(self, hint->position);
  MEMBER(self, "label");
  if (hint->part_count)
    write_hint_parts(self, hint);
  else
    write_string(self, hint->label);
  if (hint->kind != LSP_INLAY_NONE) {
    MEMBER(self, "kind");
    json_write_integer(self, hint->kind);
  }
  if (hint->tooltip) {
    MEMBER(self, "tooltip");
    FIRST_MEMBER(self, "kind");
    write_string(self, hint->tooltip_kind == LSP_MARKDOWN ? "markdown" : "plaintext");
    MEMBER(self, "value");
    write_string(self, hint->tooltip);
    JSON_WRITE(self, "}");
  }
  if (hint->edit_count) {
    MEMBER(self, "textEdits");
    write_edits(self, hint);
  }
  if (hint->padding_left) JSON_WRITE(self, ",\"paddingLeft\":true");
  if (hint->padding_right) JSON_WRITE(self, ",\"paddingRight\":true");
  if (hint->data) {
    MEMBER(self, "data");
    json_write_raw(self, hint->data, strlen(hint->data));
  }
  JSON_WRITE(self, "}");
}

void write_inlay_hints(JsonText *self, const LspInlayHint *hints, size_t count) {
  JSON_WRITE(self, "[");
  for (size_t i = 0; i < count; i++) {
    if (i) JSON_WRITE(self, ",");
    write_inlay_hint(self, &hints[i]);
  }
  JSON_WRITE(self, "]");
}

void write_code_lens(JsonText *self, const LspCodeLens *lens) {
  FIRST_MEMBER(self, "range");
  write_range(self, lens->range);
  if (lens->command) {
    MEMBER(self, "command");
    write_command(self, lens->command);
  }
  if (lens->data) {
    MEMBER(self, "data");
    json_write(self, lens->data);
  }
  JSON_WRITE(self, "}");
}

void write_code_lenses(JsonText *self, const LspCodeLens *lenses, size_t count) {
  JSON_WRITE(self, "[");
  for (size_t i = 0; i < count; i++) {
    if (i) JSON_WRITE(self, ",");
    write_code_lens(self, &lenses[i]);
  }
  JSON_WRITE(self, "]");
}
