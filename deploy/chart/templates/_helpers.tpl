{{- define "almoner.name" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- /* Of one part of the release: (dict "root" $ "part" "web"). */ -}}
{{- define "almoner.selector" -}}
app.kubernetes.io/name: almoner
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "almoner.labels" -}}
{{ include "almoner.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "almoner.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- /* Of every pod: nobody's root, and no token of the cluster. */ -}}
{{- define "almoner.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- /* Of every container: its own file system is only read. */ -}}
{{- define "almoner.shut" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- /* Replicas on hosts of their own, where there are some. */ -}}
{{- define "almoner.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "almoner.selector" . | nindent 8 }}
{{- end }}

{{- /* (dict "root" $ "direct" true): past the pooler, as what alters tables must. */ -}}
{{- define "almoner.env" -}}
{{- $v := .root.Values -}}
envFrom:
  - secretRef: {name: {{ $v.secretName | quote }}}
env:
  - {name: ALMONER_MODE, value: production}
  - {name: ALMONER_SITE_URL, value: {{ $v.site.url | quote }}}
  - {name: ALMONER_ALLOWED_HOSTS, value: {{ join " " $v.site.hosts | quote }}}
  - {name: ALMONER_MAIL_FROM, value: {{ $v.site.mailFrom | quote }}}
  - {name: ALMONER_TRUSTED_PROXIES, value: {{ $v.site.trustedProxies | quote }}}
  - {name: ALMONER_DATA_DIR, value: /var/lib/almoner}
  - {name: ALMONER_MEDIA_DIR, value: /var/lib/almoner-media}
  {{- if $v.addresses.existingClaim }}
  - {name: ALMONER_ADDRESSES_DIR, value: /var/lib/almoner-addresses}
  {{- end }}
  - {name: PYTHONDONTWRITEBYTECODE, value: "1"}
  - name: DATABASE_PASSWORD
    valueFrom: {secretKeyRef: {name: {{ $v.secretName | quote }}, key: DATABASE_PASSWORD}}
  {{- $host := printf "%s:%v" $v.database.host $v.database.port }}
  {{- if and $v.pgbouncer.enabled (not .direct) }}
  {{- $host = printf "%s-pgbouncer:6432" (include "almoner.name" .root) }}
  - {name: ALMONER_DATABASE_PGBOUNCER, value: "yes"}
  {{- end }}
  - name: ALMONER_DATABASE_URL
    value: {{ printf "postgresql://%s:$(DATABASE_PASSWORD)@%s/%s" $v.database.user $host $v.database.name | quote }}
  {{- range $name, $value := $v.settings }}
  - {name: {{ $name }}, value: {{ $value | quote }}}
  {{- end }}
{{- end }}

{{- define "almoner.mounts" -}}
volumeMounts:
  - {name: data, mountPath: /var/lib/almoner}
  - {name: tmp, mountPath: /tmp}
  - {name: media, mountPath: /var/lib/almoner-media}
  {{- if .Values.addresses.existingClaim }}
  - {name: addresses, mountPath: /var/lib/almoner-addresses, readOnly: true}
  {{- end }}
{{- end }}

{{- define "almoner.volumes" -}}
volumes:
  - {name: data, emptyDir: {sizeLimit: 4Gi}}
  - {name: tmp, emptyDir: {sizeLimit: 1Gi}}
  - name: media
    persistentVolumeClaim:
      claimName: {{ .Values.media.existingClaim | default (printf "%s-media" (include "almoner.name" .)) }}
  {{- with .Values.addresses.existingClaim }}
  - {name: addresses, persistentVolumeClaim: {claimName: {{ . }}, readOnly: true}}
  {{- end }}
{{- end }}
