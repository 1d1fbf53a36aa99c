{{/* Names, labels and what every pod of the product has in common. */}}

{{- define "partnerdesk.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "partnerdesk.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "partnerdesk.buildId" -}}
{{- $tag := .Values.image.tag | default .Chart.AppVersion -}}
{{- $digest := .Values.image.digest | trimPrefix "sha256:" | trunc 8 -}}
{{- .Values.versioning.buildId | default (list $tag $digest | compact | join "-") -}}
{{- end -}}

{{- define "partnerdesk.labels" -}}
app.kubernetes.io/name: partnerdesk
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- define "partnerdesk.selector" -}}
app.kubernetes.io/name: partnerdesk
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* What must be said before anything is installed. */}}
{{- define "partnerdesk.require" -}}
{{- $_ := required "secrets.product is missing: the name of the Secret with PARTNERDESK_DATABASE_URL and PARTNERDESK_SECRET_KEY (docs/deployment.md, Kubernetes)" .Values.secrets.product -}}
{{- $_ := required "secrets.owner is missing: the name of the Secret with PARTNERDESK_OWNER_DATABASE_URL, for the migration alone" .Values.secrets.owner -}}
{{- $_ := required "temporal.address is missing: host:port of Temporal's frontend" .Values.temporal.address -}}
{{- $_ := required "publicUrl is missing: where providers and browsers reach the API, such as https://partner.example.com" .Values.publicUrl -}}
{{- if and .Values.codecServer.enabled (not .Values.temporalUiUrl) -}}
{{- fail "temporalUiUrl is missing: the codec server answers to the Temporal UI alone" -}}
{{- end -}}
{{- if and .Values.api.ingress.enabled (not .Values.api.ingress.host) -}}
{{- fail "api.ingress.host is missing: the host name of publicUrl" -}}
{{- end -}}
{{- range .Values.workers -}}
{{- if and .autoscaling (.autoscaling).enabled (or $.Values.temporal.tls.enabled $.Values.secrets.temporal) (not .autoscaling.authentication) -}}
{{- fail (printf "autoscaling.authentication of the workers %s is missing: the name of KEDA's TriggerAuthentication with which it may ask the engine" .name) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.temporal.tls.mutual (not .Values.secrets.temporal) -}}
{{- fail "secrets.temporal is missing: temporal.tls.mutual wants a Secret with tls.crt and tls.key" -}}
{{- end -}}
{{- end -}}

{{/* Beside queue names: what a worker of every name reads, and for whom the engine keeps it. */}}
{{- define "partnerdesk.engine" -}}
- name: TEMPORAL_ADDRESS
  value: {{ .Values.temporal.address | quote }}
- name: TEMPORAL_NAMESPACE
  value: {{ .Values.temporal.namespace | quote }}
{{- if .Values.temporal.tls.enabled }}
- name: TEMPORAL_TLS
  value: "true"
{{- with .Values.temporal.tls.serverName }}
- name: TEMPORAL_TLS_SERVER_NAME
  value: {{ . | quote }}
{{- end }}
{{- if .Values.temporal.tls.mutual }}
- name: TEMPORAL_TLS_CLIENT_CERT_PATH
  value: /temporal/tls.crt
- name: TEMPORAL_TLS_CLIENT_KEY_PATH
  value: /temporal/tls.key
{{- end }}
{{- end }}
{{- if and .Values.secrets.temporal (not .Values.temporal.tls.mutual) }}
- name: TEMPORAL_API_KEY
  valueFrom:
    secretKeyRef: {name: {{ .Values.secrets.temporal }}, key: TEMPORAL_API_KEY}
{{- end }}
{{- end -}}

{{- define "partnerdesk.volumes" -}}
- name: scratch
  emptyDir: {medium: Memory, sizeLimit: 256Mi}
{{- if .Values.temporal.tls.mutual }}
- name: temporal
  secret: {secretName: {{ .Values.secrets.temporal }}, defaultMode: 0440}
{{- end }}
{{- end -}}

{{- define "partnerdesk.mounts" -}}
- {name: scratch, mountPath: /tmp}
{{- if .Values.temporal.tls.mutual }}
- {name: temporal, mountPath: /temporal, readOnly: true}
{{- end }}
{{- end -}}

{{- define "partnerdesk.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "partnerdesk.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- define "partnerdesk.placement" -}}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .root.Values.topologySpread }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "partnerdesk.selector" . | nindent 8 }}
{{- end }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
