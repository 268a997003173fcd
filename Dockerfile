# The image of PushFanout, from a build on this machine:
#
#   mvn -DskipTests package
#   docker build -t pushfanout:VERSION .
#
# PackagedImageIT follows these instructions and runs the result; it reads no others than these.
ARG JDK=eclipse-temurin:25-jdk
ARG BASE=debian:13-slim

# The program with a Java of its own, as in a release's archive. Nothing here asks for a network.
FROM ${JDK} AS program
COPY bin /build/bin
COPY target/lib /build/target/lib
COPY target/pushfanout.jar /build/target/
RUN /build/bin/assemble /build/target /opt/pushfanout

FROM ${BASE}
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="PushFanout" \
      org.opencontainers.image.description="Push manager for fleets of WebSocket servers" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.url="https://github.com/pushfanout/pushfanout" \
      org.opencontainers.image.source="https://github.com/pushfanout/pushfanout.git" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY LICENSE NOTICE /opt/pushfanout/
COPY --from=program /opt/pushfanout /opt/pushfanout
ENV PATH=/opt/pushfanout/java/bin:/usr/bin:/bin LC_ALL=C.UTF-8
# By number, so that Kubernetes can see that it is not root. Nothing is written but to /tmp and --state-dir.
USER 65532:65532
EXPOSE 50053 8080
ENTRYPOINT ["java", "@/opt/pushfanout/bin/jvm.options", "-XX:AOTCache=/opt/pushfanout/pushfanout.aot", "-jar", "/opt/pushfanout/pushfanout.jar"]
# Who may broadcast has to be said too, such as by the variable PUSHFANOUT_AUTH: there is no default.
CMD ["serve", "--bind=0.0.0.0"]
