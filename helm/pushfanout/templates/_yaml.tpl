{{/*
A value as YAML with every string quoted. toYaml leaves those bare that Go does not read as numbers
or words, such as 8e12345; other parsers do.
*/}}
{{- define "pushfanout.yaml" -}}
{{- if and . (kindIs "map" .) -}}
{{- range $index, $key := keys . | sortAlpha }}
{{- if $index }}{{ "\n" }}{{ end }}
{{- $value := get $ $key }}
{{- include "pushfanout.key" $key }}:
{{- if and $value (or (kindIs "map" $value) (kindIs "slice" $value)) }}
{{- include "pushfanout.yaml" $value | nindent 2 }}
{{- else }} {{ include "pushfanout.scalar" $value }}
{{- end }}
{{- end }}
{{- else if and . (kindIs "slice" .) -}}
{{- range $index, $value := . }}
{{- if $index }}{{ "\n" }}{{ end }}
{{- print "- " }}{{ include "pushfanout.yaml" $value | indent 2 | trim }}
{{- end }}
{{- else -}}
{{- include "pushfanout.scalar" . -}}
{{- end -}}
{{- end -}}

{{/* A scalar as JSON; of its characters YAML takes U+0085 for the end of a line. */}}
{{- define "pushfanout.scalar" -}}
{{- toRawJson . | replace "\u0085" "\\u0085" -}}
{{- end -}}

{{/* A key that begins with a letter is a string, unless it is one of the words of YAML 1.1. */}}
{{- define "pushfanout.key" -}}
{{- $word := has (lower .) (list "true" "false" "yes" "no" "on" "off" "y" "n" "null") -}}
{{- if and (regexMatch "^[a-zA-Z][a-zA-Z0-9./_-]*$" .) (not $word) }}{{ . }}{{ else }}{{ quote . }}{{ end -}}
{{- end -}}

{{/* Maps as one map; of a key that several have, the last counts. */}}
{{- define "pushfanout.map" -}}
{{- $all := dict -}}
{{- range . -}}
{{- range $key, $value := . -}}
{{- $_ := set $all $key $value -}}
{{- end -}}
{{- end -}}
{{- include "pushfanout.yaml" $all -}}
{{- end -}}

{{/* A spec with more fields, from the name of their value, the spec as YAML, and the fields. */}}
{{- define "pushfanout.withMore" -}}
{{- $there := index . 1 | fromYaml -}}
{{- range $field, $_ := last . -}}
{{- if hasKey $there $field -}}
{{- fail (printf "%s: %s is there already, from another value" (first $) $field) -}}
{{- end -}}
{{- end -}}
{{ index . 1 }}
{{- with last . }}
{{ include "pushfanout.yaml" . }}
{{- end }}
{{- end -}}

{{/* The fields of a map that are not empty, from the map and their names. */}}
{{- define "pushfanout.given" -}}
{{- $fields := dict -}}
{{- range rest . -}}
{{- $value := get (first $) . -}}
{{- if $value -}}
{{- $_ := set $fields . $value -}}
{{- end -}}
{{- end -}}
{{- with $fields -}}
{{- include "pushfanout.yaml" . -}}
{{- end -}}
{{- end -}}
