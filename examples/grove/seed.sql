-- Four sites that answer and one that does not; run again, it leaves alone what is there.
INSERT INTO tenants (id, subdomain, display_name, email, plan, theme, active, storage_used, created_at, updated_at) VALUES
  ('t-willow', 'willow', 'Willow''s Garden', 'willow@example.com', 'oak', '{"accent":"teal","font":"lexend"}', 1, 52428800, 1767225600, 1767225600),
  ('t-rowan', 'rowan', 'Rowan Writes', 'rowan@example.com', 'sapling', 'default', 1, 1048576, 1767225600, 1767225600),
  ('t-hazel', 'hazel', 'Hazel', 'hazel@example.com', '', NULL, 1, 0, 1767225600, 1767225600),
  ('t-elder', 'elder', 'The Elder Tree', 'elder@example.com', 'evergreen', NULL, 1, 1073741824, 1767225600, 1767225600),
  ('t-aspen', 'aspen', 'Aspen (closed)', 'aspen@example.com', 'seedling', NULL, 0, 0, 1767225600, 1767225600)
ON CONFLICT DO NOTHING;

INSERT INTO posts (id, tenant_id, slug, title, description, markdown_content, tags, status, word_count, published_at, created_at, updated_at) VALUES
  ('t-willow:moss', 't-willow', 'moss', 'On moss', 'What grows on the north side', '# On moss' || char(10) || char(10) || 'It is green.', '["moss","green"]', 'published', 6, 1767225600, 1767225600, 1767225600),
  ('t-willow:rain', 't-willow', 'rain', 'Rain again', 'A week of it', '# Rain' || char(10) || char(10) || 'It rains.', '["weather"]', 'published', 4, 1767312000, 1767312000, 1767312000)
ON CONFLICT DO NOTHING;
