// workspace.c: folders, configuration, files that change on disk.
//
// Watching is left to the client where it offers that by dynamic registration; watcher.c does the rest.
#include "server.h"

#include <stdlib.h>

static char *copy(const char *s) {
  size_t n = strlen(s);
  char *p = protocol_alloc(n + 1);
  memcpy(p, s, n);
  return p;
}

void workspace_folders_set(Server *s, LspWorkspaceFolders added, LspWorkspaceFolders removed) {
  Pool pool = {0};
  for (size_t i = 0; i < removed.count; i++) {
    const char *path = uri_to_path(&pool, removed.items[i].uri);
    for (uint32_t k = 0; path && k < s->folders.len; k++) {
      if (strcmp(s->folders.items[k], path) != 0) continue;
      free(s->folders.items[k]);
      s->folders.items[k] = s->folders.items[--s->folders.len];
      break;
    }
  }
  for (size_t i = 0; i < added.count; i++) {
    const char *path = uri_to_path(&pool, added.items[i].uri);
    if (path) VEC_APPEND(&s->folders, copy(path));
  }
  pool_release(&pool);
}

void did_change_folders(Server *s, Decoder *decoder, const json_t *params) {
  LspDidChangeFolders change;
  if (!decode_did_change_folders(decoder, params, &change)) return;
  workspace_folders_set(s, change.added, change.removed);
  workspace_check_stale(s);
  team_look(s);
  server_log(s, LOG_DEBUG, "%u workspace folders", s->folders.len);
}

// ---- Configuration

static void ask_configuration(Server *s) {
  LspConfigurationItem item = {.section = "heapls"};
  server_request(s, OURS_CONFIGURATION, "workspace/configuration", encode_configuration_params(&item, 1));
}

static void forget_results(Server *s) {
  for (uint32_t i = 0; i < s->documents.len; i++) document_forget(s->documents.items[i]);
}

AnalyzerConfig server_analyzer_config(const Server *s) {
  const Settings *set = &s->settings;
  return (AnalyzerConfig){set->goroot,
                          set->tags,
                          set->go_version,
                          set->gcflags,
                          set->pgo,
                          set->build_flags,
                          set->costs_everywhere ? "all" : ""};
}

void server_start_over(Server *s) {
  forget_results(s);
  const AnalyzerConfig config = server_analyzer_config(s);
  s->check.running = 0; // outcomes of the old configuration are not handed out
  workspace_check_stale(s);
  verify_drop(s);
  callers_finish(s);
  analyzer_configure(s->analyzer, &config);
  verify_restart(s);
  for (uint32_t i = 0; i < s->documents.len; i++) schedule_edited(s, s->documents.items[i]);
}

void settings_apply(Server *s, const json_t *values) {
  Buf problems = {0};
  Settings before = s->settings;
  json_t *kept = json_incref((json_t *)values);
  json_decref(s->client_settings);
  s->client_settings = kept;
  settings_read(&s->settings, values, &problems);
  team_apply(&s->team, &s->settings);
  bool verdicts = !settings_agree(&before, &s->settings) || before.costs_everywhere != s->settings.costs_everywhere;
  if (problems.len) server_show(s, LSP_WARNING, problems.text);
  buf_release(&problems);
  if (json_object_get(values, "log.level") || json_object_get(json_object_get(values, "log"), "level"))
    s->log_level = s->settings.log_level;
  if (verdicts && s->analyzer) {
    server_start_over(s);
    return;
  }
  schedule_shown_all(s);
}

// ---- The team's file

static Str team_directory(const Server *s) {
  if (s->folders.len) return str_of(s->folders.items[0]);
  for (uint32_t i = 0; i < s->documents.len; i++) {
    Str path = str_of(s->documents.items[i]->path);
    ptrdiff_t slash = str_last_byte(path, '/');
    if (slash > 0) return str_slice(path, 0, (size_t)slash);
  }
  return STR_NONE;
}

void team_look(Server *s) {
  Arena arena;
  arena_init(&arena);
  Str path = team_find(&arena, team_directory(s));
  Buf problem = {0};
  Team team;
  bool known = str_equal(path, s->team.path);
  if (!team_read(&team, path, &problem)) {
    buf_puts(&problem, s->team.values ? ". What it said before stays." : ". Nothing of it is followed.");
    server_show(s, LSP_WARNING, problem.text);
    team_release(&team);
  } else {
    bool same = known && json_equal(team.values, s->team.values), promises = team.promises.len || s->team.promises.len;
    team_release(&s->team);
    s->team = team;
    Settings before = s->settings;
    settings_read(&s->settings, s->client_settings, NULL);
    team_apply(&s->team, &s->settings);
    bool verdicts = promises || !settings_agree(&before, &s->settings);
    if (!same && verdicts && s->analyzer)
      server_start_over(s);
    else if (!same)
      schedule_shown_all(s);
  }
  buf_release(&problem);
  arena_release(&arena);
}

void configuration_arrived(Server *s, const json_t *result) {
  Pool pool = {0};
  Decoder decoder;
  json_t *value = NULL;
  decoder_init(&decoder, &pool, "result");
  if (!decode_configuration_result(&decoder, result, 1, &value))
    server_log(s, LOG_WARN, "workspace/configuration: %s", decoder.error.message);
  else if (value && !json_is_null(value)) // null: it has no such section, as Helix, which sent them at the start
    settings_apply(s, value);
  pool_release(&pool);
}

void did_change_configuration(Server *s, Decoder *decoder, const json_t *params) {
  LspDidChangeConfiguration change;
  if (!decode_did_change_configuration(decoder, params, &change)) return;
  const json_t *own = change.settings ? json_object_get(change.settings, "heapls") : NULL;
  if (own)
    settings_apply(s, own);
  else if (settings_any(change.settings)) // without the section's name, as Helix
    settings_apply(s, change.settings);
  else if (s->client.capabilities.workspace.configuration)
    ask_configuration(s);
  else if (change.settings)
    settings_apply(s, change.settings);
}

void workspace_initialized(Server *s) {
  const LspClientCapabilities *c = &s->client.capabilities;
  LspRegistration registrations[2];
  size_t count = 0;
  json_t *watchers = NULL;
  if (c->workspace.watched_files_dynamic) {
    static const LspFileWatcher patterns[] = {{.pattern = "**/*.go"},
                                              {.pattern = "**/go.{mod,sum,work}"},
                                              {.pattern = "**/vendor/modules.txt"},
                                              {.pattern = "**/.heapls.json"}};
    watchers = encode_watchers(patterns, sizeof patterns / sizeof *patterns);
    registrations[count++] = (LspRegistration){"heapls-files", "workspace/didChangeWatchedFiles", watchers};
    s->watcher.client_watches = true;
  }
  if (c->workspace.change_configuration_dynamic)
    registrations[count++] = (LspRegistration){"heapls-settings", "workspace/didChangeConfiguration", NULL};
  if (count) server_request(s, OURS_IGNORED, "client/registerCapability", encode_registrations(registrations, count));
  json_decref(watchers);
  if (c->workspace.configuration) ask_configuration(s);
  for (uint32_t i = 0; i < s->documents.len; i++) {
    if (s->documents.items[i]->path) watch_directory_of(s, str_of(s->documents.items[i]->path));
  }
}

// ---- Files

void did_change_watched_files(Server *s, Decoder *decoder, const json_t *params) {
  LspDidChangeWatchedFiles change;
  if (!decode_did_change_watched_files(decoder, params, &change)) return;
  for (size_t i = 0; i < change.count; i++) {
    const char *path = uri_to_path(decoder->pool, change.items[i].uri);
    if (path) watcher_saw(s, path);
  }
}
