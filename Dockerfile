# One image for every process of PartnerDesk: `partnerdesk api`, `partnerdesk worker`, `partnerdesk migrate`, and the
# sandbox lexoffice (`python -m sandbox.lexoffice`).

FROM python:3.11.14-slim-bookworm AS build
WORKDIR /build
COPY requirements.lock pyproject.toml README.md ./
# Thrown away with this stage: the whole lock, of which uv and the build tools are used.
RUN python -m venv /tools \
 && /tools/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
# What pyproject.toml names and nothing for development, in the versions and with the hashes of the lock. Compiled: the
# container cannot write, and the sandbox of workflows reads a workflow's module anew for each run.
RUN python -m venv --without-pip /opt/partnerdesk \
 && /tools/bin/uv pip install --no-cache --compile-bytecode --python /opt/partnerdesk/bin/python \
      -r pyproject.toml --extra otel --constraint requirements.lock --require-hashes
COPY . .
RUN /tools/bin/hatchling build -t wheel -d /wheel \
 && /tools/bin/uv pip install --no-cache --compile-bytecode --python /opt/partnerdesk/bin/python --no-deps /wheel/*.whl

FROM python:3.11.14-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home partnerdesk \
 && install --directory --owner partnerdesk /state
COPY --from=build /opt/partnerdesk /opt/partnerdesk
ENV PATH=/opt/partnerdesk/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /state
EXPOSE 8000
ENTRYPOINT ["partnerdesk"]
CMD ["--help"]
